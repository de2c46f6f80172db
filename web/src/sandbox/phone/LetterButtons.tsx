import { useLingui } from '@lingui/react/macro'
import {
  Check,
  ClipboardList,
  Copy,
  ExternalLink,
  List,
  MapPin,
  Phone,
  PhoneCall,
  Reply,
  UserRound,
} from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { BubbleButton, BubbleButtons } from '../../ui/Bubble'
import { cn } from '../../ui/cn'
import { toast } from '../../ui/Toast'
import type { Button, Message } from '../model'
import { tapButton, tapQuickReply } from '../taps'
import { FlowSheet } from './FlowSheet'
import { ListSheet } from './ListSheet'
import { PermitSheet } from './PermitSheet'
import { usePhone } from './PhoneContext'

interface LetterButtonsProps {
  message: Message
  buttons: readonly Button[]
}

/** The buttons at the foot of a message of the business. A tap sends what WhatsApp would send. */
export function LetterButtons({ message, buttons }: LetterButtonsProps) {
  if (buttons.length === 0) return null
  return (
    <BubbleButtons>
      {buttons.map((button, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of one message never change places
        <LetterButton key={place} message={message} button={button} />
      ))}
    </BubbleButtons>
  )
}

function LetterButton({ message, button }: { message: Message; button: Button }) {
  const { t } = useLingui()
  const phone = usePhone()
  switch (button.does) {
    case 'reply':
      return (
        <ReplyButton
          message={message}
          value={button.id}
          onTap={() => phone.write(tapButton(message, button))}
        >
          {button.title}
        </ReplyButton>
      )
    case 'quick':
      return (
        <ReplyButton
          message={message}
          value={button.payload}
          onTap={() => phone.write(tapQuickReply(message, button))}
        >
          {button.text}
        </ReplyButton>
      )
    case 'list':
      return <SheetButton message={message} icon={<List {...small} />} text={button.text} button={button} />
    case 'flow':
      return (
        <SheetButton
          message={message}
          icon={<ClipboardList {...small} />}
          text={button.text || t`Give address`}
          button={button}
        />
      )
    case 'permit':
      return (
        <SheetButton
          message={message}
          icon={<PhoneCall {...small} />}
          text={t`Answer the request to call`}
          button={button}
        />
      )
    case 'place':
      return (
        <BubbleButton icon={<MapPin {...small} />} onClick={() => phone.ask('place', message)}>
          {t`Send location`}
        </BubbleButton>
      )
    case 'contact':
      return (
        <BubbleButton icon={<UserRound {...small} />} onClick={() => phone.ask('contact', message)}>
          {t`Share contact`}
        </BubbleButton>
      )
    case 'open':
      return (
        <LinkButton href={/^https?:/i.test(button.url) ? button.url : ''} icon={<ExternalLink {...small} />}>
          {button.text}
        </LinkButton>
      )
    case 'call':
      return (
        <LinkButton href={`tel:${button.phone}`} icon={<Phone {...small} />}>
          {button.text}
        </LinkButton>
      )
    case 'copy':
      return (
        <BubbleButton
          icon={<Copy {...small} />}
          onClick={() => {
            navigator.clipboard
              .writeText(button.code)
              .then(() => toast({ text: t`${button.code} is on the clipboard.` }))
              .catch(() => toast({ text: t`The code is ${button.code}.`, tone: 'info' }))
          }}
        >
          {button.text || t`Copy code`}
        </BubbleButton>
      )
    case 'nothing':
      return <BubbleButton>{button.text}</BubbleButton>
  }
}

interface ReplyButtonProps {
  message: Message
  value: string
  onTap: () => Promise<boolean>
  children: ReactNode
}

/** Can be tapped once; then the choice is marked and its neighbours are only text, as on WhatsApp. */
function ReplyButton({ message, value, onTap, children }: ReplyButtonProps) {
  const { t } = useLingui()
  const { chosen, locked } = usePhone()
  const [busy, setBusy] = useState(false)
  const choice = chosen(message)
  if (choice !== null) {
    const isChoice = choice === value
    return (
      <span
        className={cn(
          'flex min-h-9 items-center justify-center gap-2 border-line border-t px-3 text-second pointer-coarse:min-h-11',
          isChoice ? 'font-semibold text-text2' : 'text-text3',
        )}
      >
        {isChoice ? <Check {...small} /> : null}
        {isChoice ? <span className="sr-only">{t`Chosen:`}</span> : null}
        <span dir="auto">{children}</span>
      </span>
    )
  }
  return (
    <BubbleButton
      icon={<Reply {...small} />}
      aria-busy={busy || undefined}
      aria-disabled={busy || Boolean(locked) || undefined}
      title={locked || undefined}
      onClick={async () => {
        if (busy || locked) return
        setBusy(true)
        await onTap()
        setBusy(false)
      }}
    >
      <span dir="auto">{children}</span>
    </BubbleButton>
  )
}

interface SheetButtonProps {
  message: Message
  icon: ReactNode
  text: string
  button: Extract<Button, { does: 'list' | 'flow' | 'permit' }>
}

/** Opens a sheet in which the answer is chosen or written. */
function SheetButton({ message, icon, text, button }: SheetButtonProps) {
  const [open, setOpen] = useState(false)
  const sheet = { open, onOpenChange: setOpen, message }
  return (
    <>
      <BubbleButton icon={icon} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span dir="auto">{text}</span>
      </BubbleButton>
      {button.does === 'list' ? <ListSheet {...sheet} title={text} sections={button.sections} /> : null}
      {button.does === 'flow' ? <FlowSheet {...sheet} title={text} name={button.name} /> : null}
      {button.does === 'permit' ? <PermitSheet {...sheet} /> : null}
    </>
  )
}

function LinkButton({ href, icon, children }: { href: string; icon: ReactNode; children: ReactNode }) {
  if (!href) return <BubbleButton icon={icon}>{children}</BubbleButton>
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="focus-inside flex min-h-9 items-center justify-center gap-2 border-line border-t px-3 font-semibold text-ink text-second hover:bg-hover pointer-coarse:min-h-11"
    >
      {icon}
      <span dir="auto">{children}</span>
    </a>
  )
}

const small = { 'aria-hidden': true, size: 15, strokeWidth: 1.75, className: 'shrink-0' } as const
