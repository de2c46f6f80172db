import { useLingui } from '@lingui/react/macro'
import {
  CalendarDays,
  Check,
  EllipsisVertical,
  MailOpen,
  PanelRight,
  Tag,
  UserPlus,
  Users,
} from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import type { Conversation } from '../../api/types'
import { usePerson } from '../../frame/session'
import { withWords } from '../../i18n/language'
import { useCommands } from '../../keys/commands'
import { useKeysOf } from '../../keys/keymap'
import { Button } from '../../ui/Button'
import { clockNow } from '../../ui/clock'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu'
import { AutomationItems } from '../actions/AutomationChip'
import { SnoozeDialog, SnoozeItems, SnoozeMenu } from '../actions/SnoozeMenu'
import { useChange } from '../actions/useChange'
import { AssignButton } from './AssignButton'
import type { Assignment } from './useAssignment'

const LabelsDialog = lazy(() =>
  import('../labels/LabelsDialog').then(({ LabelsDialog }) => ({ default: LabelsDialog })),
)
const MomentDialog = lazy(() =>
  import('../actions/MomentDialog').then(({ MomentDialog }) => ({ default: MomentDialog })),
)

const picker = () => withWords('team', import('../../team/AssignPicker'))
const AssignPicker = lazy(() => picker().then(({ AssignPicker }) => ({ default: AssignPicker })))

interface HeaderActionsProps {
  conversation: Conversation
  assignment: Assignment
  personOpen: boolean
  onPerson: () => void
  /** Goes to what was said first on a day. */
  onDate: (day: Date) => void
  /** Leaves the conversation: what is marked unread must not be read again at once. */
  onLeave: () => void
}

type Asked = 'assign' | 'snooze' | 'label' | 'date' | null

interface PartProps extends HeaderActionsProps {
  onAsk: (what: Asked) => void
  unread: () => void
  asked: Asked
  /** The button by which whoever has it is changed. */
  assign: React.RefObject<HTMLButtonElement | null>
}

/** What can be done with a conversation: in a row, or behind one button where the header is narrow. */
export function HeaderActions(props: HeaderActionsProps) {
  const { t } = useLingui()
  const { conversation, assignment, onDate, onLeave } = props
  const change = useChange()
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const assign = useRef<HTMLButtonElement>(null)
  // Whoever presses A types a name at once: the field must be there.
  useEffect(() => void picker().catch(() => undefined), [])

  async function unread() {
    // First away: an open conversation is read as soon as it is unread.
    onLeave()
    await change(() => desk.markUnread(whom(conversation)), t`Marked unread.`)
  }
  const mayChange = usePerson().rights.includes('assign')
  useCommands({
    date: () => setAsked('date'),
    ...(mayChange
      ? { assign: () => setAsked('assign'), unread: () => void unread(), labels: () => setAsked('label') }
      : {}),
  })

  const parts = { ...props, onAsk: setAsked, unread: () => void unread(), asked, assign }
  return (
    <>
      <div className={cn('flex items-center gap-1.5', mayChange && '@max-xl:hidden')}>
        {mayChange ? <Row {...parts} /> : <Reading {...parts} />}
      </div>
      {mayChange ? (
        <div className="@xl:hidden">
          <One {...parts} />
        </div>
      ) : null}
      <SnoozeDialog conversation={conversation} open={asked === 'snooze'} onClose={close} />
      <Suspense fallback={null}>
        {asked === 'assign' ? (
          <AssignPicker conversation={conversation} assignment={assignment} anchor={assign} onClose={close} />
        ) : null}
        {asked === 'date' ? (
          <MomentDialog
            open
            onClose={close}
            title={t`Go to which day?`}
            action={t`Go to the day`}
            with="day"
            first={new Date(clockNow())}
            max={new Date(clockNow())}
            onChoose={onDate}
          />
        ) : null}
        {asked === 'label' ? <LabelsDialog conversation={conversation} onClose={close} /> : null}
      </Suspense>
    </>
  )
}

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

/** For whoever may look, and change nothing. */
function Reading({ personOpen, onPerson, onAsk }: PartProps) {
  const { t } = useLingui()
  const key = useKeysOf('date', 'person')
  return (
    <>
      <IconButton
        name={t`Go to a day`}
        keys={key.date}
        onClick={() => onAsk('date')}
        icon={<CalendarDays size={18} strokeWidth={1.75} />}
      />
      <IconButton
        name={t`About this person`}
        keys={key.person}
        aria-pressed={personOpen}
        onClick={onPerson}
        icon={<PanelRight size={18} strokeWidth={1.75} />}
      />
    </>
  )
}

function Row(props: PartProps) {
  const { conversation, assignment, personOpen, onPerson, onAsk, unread, asked, assign } = props
  const { t } = useLingui()
  const key = useKeysOf('claim', 'labels', 'unread', 'date', 'person', 'resolve')
  return (
    <>
      {conversation.state === 'waiting' ? (
        <Button variant="ink" keys={key.claim} onClick={assignment.claim} className="@max-3xl:[&_kbd]:hidden">
          {t`Claim`}
        </Button>
      ) : null}
      <AssignButton
        ref={assign}
        conversation={conversation}
        open={asked === 'assign'}
        onClick={() => onAsk(asked === 'assign' ? null : 'assign')}
      />
      {conversation.state === 'closed' ? null : (
        <SnoozeMenu conversation={conversation} onAsk={() => onAsk('snooze')} />
      )}
      <Menu trigger={<MoreButton />}>
        <MenuItem icon={<Tag {...icon} />} keys={key.labels} onSelect={() => onAsk('label')}>
          {t`Labels`}
        </MenuItem>
        <MenuItem icon={<MailOpen {...icon} />} keys={key.unread} onSelect={unread}>
          {t`Mark unread`}
        </MenuItem>
        <MenuItem icon={<CalendarDays {...icon} />} keys={key.date} onSelect={() => onAsk('date')}>
          {t`Go to a day`}
        </MenuItem>
        <MenuLine />
        <AutomationItems conversation={conversation} />
      </Menu>
      <IconButton
        name={t`About this person`}
        keys={key.person}
        aria-pressed={personOpen}
        onClick={onPerson}
        icon={<PanelRight size={18} strokeWidth={1.75} />}
      />
      {conversation.state === 'closed' ? null : (
        <Button
          keys={key.resolve}
          onClick={() => void assignment.resolve()}
          icon={<Check aria-hidden size={15} strokeWidth={2} />}
          aria-label={t`Resolve`}
          className="@max-3xl:[&_kbd]:hidden"
        >
          <span className="@max-lg:hidden">{t`Resolve`}</span>
        </Button>
      )}
    </>
  )
}

function One({ conversation, assignment, onPerson, onAsk, unread }: PartProps) {
  const { t } = useLingui()
  const { mine, other, claim, takeOver } = assignment
  return (
    <Menu trigger={<MoreButton />}>
      {conversation.state === 'closed' ? null : (
        <MenuItem icon={<Check {...icon} />} onSelect={() => void assignment.resolve()}>
          {t`Resolve`}
        </MenuItem>
      )}
      <MenuItem icon={<PanelRight {...icon} />} onSelect={onPerson}>
        {t`About this person`}
      </MenuItem>
      <MenuItem icon={<Tag {...icon} />} onSelect={() => onAsk('label')}>
        {t`Labels`}
      </MenuItem>
      <MenuItem icon={<MailOpen {...icon} />} onSelect={unread}>
        {t`Mark unread`}
      </MenuItem>
      <MenuItem icon={<CalendarDays {...icon} />} onSelect={() => onAsk('date')}>
        {t`Go to a day`}
      </MenuItem>
      <MenuLine />
      {mine ? null : (
        <MenuItem icon={<UserPlus {...icon} />} onSelect={other ? takeOver : claim}>
          {other ? t`Take over from ${other}` : t`Claim`}
        </MenuItem>
      )}
      <MenuItem icon={<Users {...icon} />} onSelect={() => onAsk('assign')}>
        {t`Assign to somebody`}
      </MenuItem>
      {conversation.state === 'closed' ? null : (
        <>
          <MenuLine />
          <SnoozeItems conversation={conversation} onAsk={() => onAsk('snooze')} />
        </>
      )}
      <MenuLine />
      <AutomationItems conversation={conversation} />
    </Menu>
  )
}

function MoreButton(props: React.ComponentProps<'button'>) {
  const { t } = useLingui()
  return (
    <button
      {...props}
      type="button"
      aria-label={t`More`}
      title={t`More`}
      className="inline-flex size-8.5 items-center justify-center rounded-control text-text2 hover:bg-hover hover:text-text data-[state=open]:bg-selected max-sm:size-11 pointer-coarse:size-11"
    >
      <EllipsisVertical aria-hidden size={18} strokeWidth={1.75} />
    </button>
  )
}
