import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MessageSquareText } from 'lucide-react'
import type { Message } from '../api/types'
import { explain } from '../errors/meta'
import { useFormat } from '../i18n/format'
import { formatPhone } from '../i18n/phone'
import { cachedConversation, useConversation } from '../inbox/data/queries'
import { DecideButtons } from '../inbox/decide/DecideButtons'
import { tickOf } from '../inbox/thread/state'
import { contactName, shortName, usePreview } from '../inbox/words'
import { Avatar } from '../ui/Avatar'
import { buttonClass } from '../ui/Button'
import { Ticks } from '../ui/Ticks'
import { useMinute } from '../ui/useMinute'

/** One message in trouble: whom it is for, what it says, what happened, and what can be done. */
export function TroubleRow({ message }: { message: Message }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const preview = usePreview()
  const name = useName(message)
  const happened = useHappened()
  const { message_id, conversation_id, contact_id, status, waiting } = message
  const at = new Date(message.failed_at ?? message.at)
  const tick = tickOf(status)
  const decidable = status === 'held' && waiting?.reason !== 'quality_assessment' && !message.wamid
  return (
    <li className="flex flex-wrap gap-x-3 gap-y-2 border-line border-b px-7 py-3 max-sm:px-3.5">
      <Avatar id={contact_id} name={name} of="customer" size={40} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <bdi className="min-w-0 truncate font-semibold text-ui">{name}</bdi>
          <time
            dateTime={at.toISOString()}
            title={format.moment(at)}
            className="shrink-0 text-meta text-text3"
          >
            {format.recent(at, now)}
          </time>
        </p>
        <p dir="auto" className="line-clamp-2 text-second text-text2 [overflow-wrap:anywhere]">
          {preview(message).text}
        </p>
        <p className="mt-1 flex flex-wrap gap-x-2 text-second">
          {tick ? <Ticks state={tick} word className="font-semibold" /> : null}
          <span className="min-w-0 flex-1 basis-60">{happened(message)}</span>
        </p>
        <div className="mt-2 flex flex-wrap gap-2">
          {decidable ? <DecideButtons message={message} name={shortName(name)} /> : null}
          <Link
            to="/c/$conversation"
            params={{ conversation: conversation_id }}
            search={{ message: message_id }}
            aria-label={t`Open the conversation with ${name}`}
            className={buttonClass({ variant: decidable ? 'quiet' : 'outline', size: 'small' })}
          >
            <MessageSquareText aria-hidden size={13} strokeWidth={2} />
            {t`Open conversation`}
          </Link>
        </div>
      </div>
    </li>
  )
}

/** Whom a message is for: by name where the house knows one. */
function useName({ conversation_id, phone }: Message): string {
  const queries = useQueryClient()
  const { data } = useConversation(conversation_id)
  const conversation = data ?? cachedConversation(queries, conversation_id)
  return conversation ? contactName(conversation.contact) : phone ? formatPhone(phone) : '…'
}

/** What happened, whether anything was sent, and what to do. */
function useHappened(): (message: Message) => string {
  const { t, i18n } = useLingui()
  return ({ status, wamid, waiting, errors }) => {
    if (status === 'failed') {
      const { cause, next } = explain(errors[0]?.code)
      return t`Not delivered. ${i18n._(cause)} ${i18n._(next)}`
    }
    if (status === 'uncertain') {
      return t`WhatsApp may have it or not. Kontor waits for a sign from WhatsApp; nothing to do for now.`
    }
    if (wamid || waiting?.reason === 'quality_assessment') {
      return t`WhatsApp has it and looks at the template first. It goes on by itself.`
    }
    return t`Nobody knows whether WhatsApp has it. Ask the customer, then decide.`
  }
}
