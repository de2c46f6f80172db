import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { AlarmClock, Check, ChevronLeft, Lock } from 'lucide-react'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { formatPhone } from '../../i18n/phone'
import { Avatar } from '../../ui/Avatar'
import { Chip } from '../../ui/Chip'
import { useMinute } from '../../ui/useMinute'
import { WindowCountdown } from '../../ui/WindowCountdown'
import { AutomationChip } from '../actions/AutomationChip'
import { keepView } from '../list/useNarrowing'
import { Colleagues } from '../presence/Colleagues'
import { contactName } from '../words'
import { HeaderActions } from './HeaderActions'
import type { Assignment } from './useAssignment'

interface ThreadHeaderProps {
  conversation: Conversation
  assignment: Assignment
  personOpen: boolean
  onPerson: () => void
  onDate: (day: Date) => void
  onLeave: () => void
}

/** Who it is, how long free text is allowed, who has it, and the way to end it. */
export function ThreadHeader(props: ThreadHeaderProps) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const { contact, window_until, state } = props.conversation
  const name = contactName(contact)
  const until = window_until ? new Date(window_until) : null

  return (
    <header className="flex min-h-15 shrink-0 items-center gap-2.5 border-line border-b bg-surface px-2 sm:min-h-16 sm:px-4">
      <Link
        to="/"
        search={keepView}
        aria-label={t`Back to the list`}
        className="-mr-2 flex size-11 shrink-0 items-center justify-center rounded-control text-text2 hover:bg-hover sm:hidden"
      >
        <ChevronLeft aria-hidden size={20} strokeWidth={1.75} />
      </Link>
      <Avatar id={contact.contact_id} name={name} of="customer" size={40} />
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold text-name" title={name}>
          <bdi>{name}</bdi>
        </h2>
        {/* Two lines at most, so that the header keeps its height. */}
        <p className="flex max-h-9 flex-wrap items-center gap-x-2 overflow-hidden text-meta text-text2 leading-4">
          {until && until <= now ? (
            <span className="inline-flex min-w-0 items-center gap-1 font-semibold">
              <Lock aria-hidden size={15} strokeWidth={2} className="shrink-0" />
              {t`Window closed since ${format.recent(until, now)}`}
            </span>
          ) : (
            <WindowCountdown now={now} until={until} form="long" />
          )}
          {props.conversation.automation.state === 'auto' ? null : (
            <AutomationChip conversation={props.conversation} />
          )}
          {contact.phone && contact.name ? (
            <span className="figures @max-4xl:hidden min-w-0 shrink-[99] truncate">
              <span aria-hidden>· </span>
              {formatPhone(contact.phone)}
            </span>
          ) : null}
        </p>
      </div>
      <Colleagues conversation={props.conversation.conversation_id} />
      {props.conversation.snooze ? <SnoozedChip conversation={props.conversation} /> : null}
      {state === 'closed' ? (
        <Chip tone="ok" icon={<Check aria-hidden size={13} />} className="shrink-0">
          {t`Resolved`}
        </Chip>
      ) : null}
      <HeaderActions {...props} />
    </header>
  )
}

/** It is put away, and when it comes back. */
function SnoozedChip({ conversation: { snooze } }: { conversation: Conversation }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const until = snooze?.until ? format.recent(new Date(snooze.until), now) : ''
  return (
    <Chip tone="info" icon={<AlarmClock aria-hidden size={13} />} className="shrink-0 @max-4xl:hidden">
      {until ? t`Until ${until}` : t`Until an answer`}
    </Chip>
  )
}
