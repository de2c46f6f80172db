import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import {
  AlarmClock,
  CircleAlert,
  CircleX,
  FileText,
  Image,
  LayoutTemplate,
  MapPin,
  Mic,
  PenLine,
  ShoppingBag,
  Sticker,
  User,
  Video,
} from 'lucide-react'
import { memo } from 'react'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { Avatar } from '../../ui/Avatar'
import { Badge } from '../../ui/Badge'
import { cn } from '../../ui/cn'
import { Ticks } from '../../ui/Ticks'
import { Tooltip } from '../../ui/Tooltip'
import { WindowCountdown } from '../../ui/WindowCountdown'
import { useDraft } from '../data/drafts'
import { LabelDot } from '../labels/LabelChip'
import { Onlookers, useWritingWords } from '../presence/Colleagues'
import { tickOf } from '../thread/state'
import { contactName, type PreviewKind, usePreview } from '../words'

interface ConversationRowProps {
  conversation: Conversation
  selected: boolean
  /** The name of the business number is shown only where there are several. */
  showNumber: boolean
  now: Date
}

const kindIcons: Partial<Record<PreviewKind, typeof Mic>> = {
  voice: Mic,
  audio: Mic,
  image: Image,
  video: Video,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: User,
  template: LayoutTemplate,
  order: ShoppingBag,
  unknown: CircleAlert,
}

/** A row of the list, always 90 px high: who and when; the last words; number, window and who has it. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  selected,
  showNumber,
  now,
}: ConversationRowProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { conversation_id, contact, last_message, last_at, assignee, number_name, unread, labels, snooze } =
    conversation
  const name = contactName(contact)
  const at = new Date(last_message?.at ?? last_at)
  const isUnread = unread > 0
  const until = conversation.window_until ? new Date(conversation.window_until) : null

  return (
    <Link
      to="/c/$conversation"
      params={{ conversation: conversation_id }}
      aria-current={selected ? 'true' : undefined}
      className={cn(
        'focus-inside relative flex h-22.5 gap-3 border-line border-b px-4 pt-2.5 hover:bg-hover',
        selected &&
          'bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-ink hover:bg-selected',
      )}
    >
      <Avatar id={contact.contact_id} name={name} of="customer" size={40} className="mt-0.5" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-semibold text-ui" title={name}>
            <bdi>{name}</bdi>
          </span>
          <time
            dateTime={at.toISOString()}
            title={format.moment(at)}
            className={cn('shrink-0 text-meta text-text3', isUnread && 'font-semibold text-seal-text')}
          >
            {format.short(at, now)}
          </time>
        </span>
        <span className="flex h-5.5 items-center gap-2">
          <LastWords conversation={conversation} unread={isUnread} />
          <Badge count={unread} name={unread === 1 ? t`1 unread message` : t`${unread} unread messages`} />
        </span>
        <span className="mt-0.5 flex h-6 items-center gap-3 text-meta text-text3">
          {showNumber ? <span className="truncate">{number_name}</span> : null}
          <WindowCountdown now={now} until={until} className="shrink-0" />
          {snooze ? <Snoozed until={snooze.until} now={now} /> : null}
          {labels.length > 0 ? <Labels labels={labels} /> : null}
          <span className="ml-auto flex shrink-0 items-center gap-3">
            <Onlookers conversation={conversation_id} />
            {assignee ? (
              <Tooltip text={t`Assigned to ${assignee.name}`}>
                <span className="flex">
                  <Avatar id={assignee.person_id} name={assignee.name} of="person" size={20} />
                  <span className="sr-only">{t`Assigned to ${assignee.name}`}</span>
                </span>
              </Tooltip>
            ) : null}
          </span>
        </span>
      </span>
    </Link>
  )
})

/** When it comes back to the other lists. */
function Snoozed({ until, now }: { until: string | null; now: Date }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <span className="flex min-w-0 items-center gap-1">
      <AlarmClock aria-hidden size={13} strokeWidth={2} className="shrink-0" />
      <span className="truncate">
        {until ? t`Until ${format.recent(new Date(until), now)}` : t`Until an answer`}
      </span>
    </span>
  )
}

/** The first label as a word, the others as a number; all of them in the tooltip. */
function Labels({ labels }: Pick<Conversation, 'labels'>) {
  const [first] = labels
  if (!first) return null
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={labels.map(({ name }) => name).join(', ')}>
      <LabelDot colour={first.colour} />
      <bdi className="truncate">{first.name}</bdi>
      {labels.length > 1 ? <span className="figures shrink-0">{`+${labels.length - 1}`}</span> : null}
    </span>
  )
}

/** A draft or a failure goes before the last words, as a word. */
function LastWords({ conversation, unread }: { conversation: Conversation; unread: boolean }) {
  const { t } = useLingui()
  const draft = useDraft(conversation.conversation_id)
  const writing = useWritingWords(conversation.conversation_id)
  const preview = usePreview()
  const { last_message } = conversation
  const line = 'flex min-w-0 flex-1 items-center gap-1.5 text-second text-text2'

  if (writing) {
    return (
      <span className={cn(line, 'text-ok')}>
        <PenLine aria-hidden size={13} strokeWidth={2} className="shrink-0" />
        <span className="truncate">{writing}</span>
      </span>
    )
  }
  if (draft) {
    return (
      <span className={line}>
        <span className="shrink-0 font-semibold text-seal-text">{t`Draft:`}</span>
        <span dir="auto" className="truncate">
          {draft}
        </span>
      </span>
    )
  }
  if (!last_message) return <span className={line} />
  const { direction, status } = last_message
  if (status === 'failed' || status === 'expired') {
    return (
      <span className={cn(line, 'font-semibold text-bad')}>
        <CircleAlert aria-hidden size={13} strokeWidth={2} className="shrink-0" />
        <span className="truncate">{t`Not delivered. Why?`}</span>
      </span>
    )
  }
  const { kind, text } = preview(last_message)
  const Icon = status === 'canceled' ? CircleX : kindIcons[kind]
  const tick = tickOf(status)
  return (
    <span className={cn(line, unread && 'font-semibold text-text')}>
      {direction === 'outbound' ? (
        <>
          <span className="sr-only">{t`We:`}</span>
          {tick ? <Ticks state={tick} /> : null}
        </>
      ) : null}
      {Icon ? <Icon aria-hidden size={13} strokeWidth={2} className="shrink-0" /> : null}
      <span dir="auto" className="truncate" title={text}>
        {status === 'canceled' ? t`Taken back before it left` : text}
      </span>
    </span>
  )
}
