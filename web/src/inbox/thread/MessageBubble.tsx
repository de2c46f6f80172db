import { useLingui } from '@lingui/react/macro'
import { Forward, LayoutTemplate, MessageCircle, RefreshCw, Trash2 } from 'lucide-react'
import { memo } from 'react'
import type { Message } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { formatPhone } from '../../i18n/phone'
import { Bubble, BubbleLabel, BubbleMeta, SystemLine } from '../../ui/Bubble'
import { cn } from '../../ui/cn'
import { MessageIdContext } from '../cards/arrival'
import { MessageButtons, MessageCard } from '../cards/MessageCard'
import { ReferralCard } from '../cards/PlaceCards'
import { contactName, shortName } from '../words'
import { Failure } from './Failure'
import type { Reactions } from './items'
import { MessageActions } from './MessageActions'
import { Quote } from './Quote'
import { ReactionChips } from './ReactionChips'
import { tickOf } from './state'
import { useThread } from './ThreadContext'

interface MessageBubbleProps {
  message: Message
  reactions: Reactions
  /** The word stands beside the ticks of the newest message we sent. */
  newest: boolean
  /** Somebody has just jumped here. */
  marked?: boolean
  /** Where the keyboard enters the thread. */
  tabIndex: 0 | -1
}

/** One message of the history. */
export const MessageBubble = memo(function MessageBubble({
  message,
  reactions,
  newest,
  marked,
  tabIndex,
}: MessageBubbleProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { conversation } = useThread()
  const { content, direction, status, at } = message
  if (content.type === 'system') return <SystemMessage message={message} />
  if (content.type === 'reaction') {
    return (
      <Bubble kind="failed" tabIndex={tabIndex}>
        <Failure message={message} />
      </Bubble>
    )
  }

  const out = direction === 'outbound'
  const failed = status === 'failed' || status === 'expired'
  const time = format.time(new Date(at))
  return (
    <div className="flex flex-col">
      <div className={cn('group/row flex items-center gap-1', out && 'flex-row-reverse')}>
        <Bubble
          kind={failed ? 'failed' : out ? 'out' : 'in'}
          tabIndex={tabIndex}
          aria-label={out ? t`Sent at ${time}` : t`${contactName(conversation.contact)} at ${time}`}
          className={cn(marked && 'outline-2 outline-focus outline-offset-1')}
        >
          <Labels message={message} />
          {message.revoked_at ? (
            <p className="flex items-center gap-1.5 text-second text-text2">
              <Trash2 aria-hidden size={13} strokeWidth={2} className="shrink-0" />
              {t`The customer deleted this message.`}
            </p>
          ) : (
            <>
              {content.context ? <Quote context={content.context} /> : null}
              {content.referral ? <ReferralCard referral={content.referral} /> : null}
              <MessageIdContext value={message.message_id}>
                <MessageCard
                  content={content}
                  lang={out ? undefined : langOf(conversation.contact.language)}
                />
              </MessageIdContext>
            </>
          )}
          <Failure message={message} />
          <BubbleMeta
            author={out ? <AuthorName message={message} /> : undefined}
            dateTime={at}
            state={failed ? undefined : tickOf(status)}
            word={newest}
          >
            {message.edited_at && !message.revoked_at ? `${t`Changed`} · ${time}` : time}
          </BubbleMeta>
          {message.revoked_at ? null : <MessageButtons content={content} />}
        </Bubble>
        <MessageActions message={message} own={reactions.house} />
      </div>
      <ReactionChips reactions={reactions} className={out ? 'self-end' : 'self-start'} />
    </div>
  )
})

/** What kind of message it is, above its words. */
function Labels({ message: { content, author } }: { message: Message }) {
  const { t } = useLingui()
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  const { context, template } = content
  return (
    <>
      {template ? (
        <BubbleLabel icon={<LayoutTemplate {...icon} />}>{t`Template · ${template.name}`}</BubbleLabel>
      ) : null}
      {author?.kind === 'greeting' ? (
        <BubbleLabel icon={<MessageCircle {...icon} />}>{t`Greeting`}</BubbleLabel>
      ) : null}
      {context?.forwarded || context?.frequently_forwarded ? (
        <BubbleLabel icon={<Forward {...icon} />}>
          {context.frequently_forwarded ? t`Forwarded many times` : t`Forwarded`}
        </BubbleLabel>
      ) : null}
    </>
  )
}

function AuthorName({ message: { author } }: { message: Message }) {
  if (!author?.name || author.kind === 'greeting') return null
  return <>{author.kind === 'person' ? shortName(author.name) : author.name}</>
}

/** WhatsApp speaks about the customer. */
function SystemMessage({ message }: { message: Message }) {
  const { t } = useLingui()
  const format = useFormat()
  const { conversation } = useThread()
  const { system } = message.content
  const name = shortName(contactName(conversation.contact))
  const time = format.time(new Date(message.at))
  const words =
    system?.type === 'user_changed_number' && system.wa_id
      ? t`${name} has a new number: ${formatPhone(system.wa_id)}`
      : system?.body || t`Notice of WhatsApp`
  return (
    <SystemLine icon={<RefreshCw aria-hidden size={13} strokeWidth={2} className="shrink-0" />}>
      {words} · <time dateTime={message.at}>{time}</time>
    </SystemLine>
  )
}

/** "pt_BR" is pt-BR. */
function langOf(language: string | null): string | undefined {
  return language?.replace('_', '-') || undefined
}
