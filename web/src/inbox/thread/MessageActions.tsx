import { useLingui } from '@lingui/react/macro'
import { Copy, Reply, SmilePlus } from 'lucide-react'
import type { Message } from '../../api/types'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuGlyphs, MenuItem } from '../../ui/Menu'
import { toast } from '../../ui/Toast'
import { useWindowOpen } from '../composer/useWindowOpen'
import { usePreview } from '../words'
import { useThread } from './ThreadContext'
import { useSendContent } from './useSendContent'
import { wordsOf } from './wordsOf'

const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

interface MessageActionsProps {
  message: Message
  /** Our reaction; choosing the same takes it away. */
  own: string | undefined
}

/** What can be done with one message: shown beside it under the pointer, and while it has the focus. */
export function MessageActions({ message, own }: MessageActionsProps) {
  const { t } = useLingui()
  const { conversation, quote, mayWrite } = useThread()
  const send = useSendContent()
  const preview = usePreview()
  const { message_id, direction, wamid, status, revoked_at } = message
  const arrived = direction === 'inbound' || (wamid !== null && status !== 'failed')
  const open = useWindowOpen(conversation.window_until)
  const answerable = mayWrite && arrived && open && !revoked_at
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

  function react(emoji: string) {
    send({ type: 'reaction', reaction: { message_id, emoji: emoji === own ? '' : emoji } })
  }

  function copy() {
    const text = (revoked_at ? '' : wordsOf(message.content)) || preview(message).text
    navigator.clipboard.writeText(text).then(
      () => toast({ text: t`Copied.` }),
      () => toast({ text: t`The browser does not allow copying.`, tone: 'info' }),
    )
  }

  return (
    <div
      className={cn(
        'flex shrink-0 items-center opacity-0 transition-opacity focus-within:opacity-100 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-data-[state=open]:opacity-100',
      )}
    >
      {answerable ? (
        <IconButton
          name={t`Reply to this message`}
          icon={<Reply {...icon} />}
          onClick={() => quote(message)}
          className="size-7 max-sm:hidden"
        />
      ) : null}
      <Menu
        align={direction === 'inbound' ? 'start' : 'end'}
        trigger={
          <button
            type="button"
            aria-label={answerable ? t`React, reply, copy` : t`Copy`}
            className="inline-flex size-7 items-center justify-center rounded-control text-text2 hover:bg-hover hover:text-text pointer-coarse:size-11"
          >
            {answerable ? <SmilePlus {...icon} /> : <Copy {...icon} />}
          </button>
        }
      >
        {answerable ? (
          <>
            <MenuGlyphs name={t`React`} glyphs={emojis} chosen={own} onSelect={react} />
            <MenuItem icon={<Reply {...icon} />} onSelect={() => quote(message)}>
              {t`Reply`}
            </MenuItem>
          </>
        ) : null}
        <MenuItem icon={<Copy {...icon} />} onSelect={copy}>
          {t`Copy text`}
        </MenuItem>
      </Menu>
    </div>
  )
}
