import { useLingui } from '@lingui/react/macro'
import { ChevronDown, Copy, Reply, SmilePlus } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from '../../ui/cn'
import { toast } from '../../ui/Toast'
import type { Message } from '../model'
import { react } from '../taps'
import { usePhone } from './PhoneContext'

/** What WhatsApp offers first. */
const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

interface MessageMenuProps {
  message: Message
  open: boolean
  onOpenChange: (open: boolean) => void
  /** The menu is gone; the focus goes back to the message. */
  onClosed: () => void
}

/** React, answer, copy. Opens by its button, by a long press or right click on the bubble, or with Enter. */
export function MessageMenu({ message, open, onOpenChange, onClosed }: MessageMenuProps) {
  const { t } = useLingui()
  const phone = usePhone()
  const own = message.reactions.mine
  const locked = Boolean(phone.locked)

  return (
    <Radix.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Radix.Trigger
        // Reached from the bubble with Enter, so that a long chat is not a row of hundreds of tab stops.
        tabIndex={-1}
        aria-label={t`React, answer, copy`}
        className="mt-1 inline-flex size-6 shrink-0 items-center justify-center rounded-full text-text3 opacity-0 hover:bg-hover hover:text-text focus-visible:opacity-100 group-focus-within/row:opacity-100 group-hover/row:opacity-100 data-[state=open]:opacity-100 pointer-coarse:size-11 pointer-coarse:opacity-100"
      >
        <ChevronDown aria-hidden size={15} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={message.mine ? 'end' : 'start'}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // Who answers goes on in the composer.
            if (!document.activeElement?.matches('textarea')) onClosed()
          }}
          className="z-50 animate-appear rounded-field border border-line bg-surface p-1 shadow-e2"
        >
          {locked ? null : (
            <>
              <Radix.Group aria-label={t`Reactions`} className="flex">
                {emojis.map((emoji) => (
                  <Radix.Item
                    key={emoji}
                    aria-label={own === emoji ? t`Take ${emoji} back` : t`React with ${emoji}`}
                    onSelect={() => phone.write(react(message, own === emoji ? '' : emoji))}
                    className={cn(
                      'flex size-9 cursor-default select-none items-center justify-center rounded-key text-section outline-none data-highlighted:bg-hover pointer-coarse:size-11',
                      own === emoji && 'bg-selected',
                    )}
                  >
                    {emoji}
                  </Radix.Item>
                ))}
              </Radix.Group>
              <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
              {own ? (
                <Item icon={<SmilePlus {...small} />} onSelect={() => phone.write(react(message, ''))}>
                  {t`Take reaction back`}
                </Item>
              ) : null}
              <Item icon={<Reply {...small} />} onSelect={() => phone.quote(message)}>
                {t`Answer this message`}
              </Item>
            </>
          )}
          <Item
            icon={<Copy {...small} />}
            onSelect={() => {
              navigator.clipboard
                .writeText(message.id)
                .then(() => toast({ text: t`The message’s id is on the clipboard.` }))
                .catch(() => toast({ text: message.id, tone: 'info' }))
            }}
          >
            {t`Copy message id`}
          </Item>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Item({ icon, onSelect, children }: { icon: ReactNode; onSelect: () => void; children: ReactNode }) {
  return (
    <Radix.Item
      onSelect={onSelect}
      className="flex min-h-8.5 cursor-default select-none items-center gap-2.5 rounded-key px-2.5 text-second outline-none data-highlighted:bg-hover pointer-coarse:min-h-11"
    >
      {icon}
      {children}
    </Radix.Item>
  )
}

const small = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const
