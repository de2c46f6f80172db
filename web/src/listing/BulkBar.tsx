import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  AlarmClock,
  Check,
  Clock,
  MessageCircle,
  Minus,
  Tag,
  UserMinus,
  UserPlus,
  Users,
  X,
} from 'lucide-react'
import { Refusal } from '../api/client'
import type { Conversation } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { momentsFrom } from '../inbox/actions/moments'
import { cachedConversation, useLabels, usePeople } from '../inbox/data/queries'
import { LabelDot } from '../inbox/labels/LabelChip'
import { contactName } from '../inbox/words'
import { useCommands } from '../keys/commands'
import { useKeys } from '../keys/keymap'
import { useTeams } from '../settings/people/queries'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { clockNow } from '../ui/clock'
import { Dialog } from '../ui/Dialog'
import { IconButton } from '../ui/IconButton'
import { Menu, MenuItem, MenuLine } from '../ui/Menu'
import type { BulkDo } from './bulk'
import { type NotDone, useBulk } from './useBulk'

interface BulkBarProps {
  ids: ReadonlySet<string>
  /** How many conversations the list has loaded. */
  loaded: number
  onAll: () => void
  onEnd: () => void
  /** These were done: they are chosen no longer. */
  onDone: (ids: ReadonlySet<string>) => void
}

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

/** What can be done with all that is chosen, at the foot of the list. */
export function BulkBar({ ids, loaded, onAll, onEnd, onDone }: BulkBarProps) {
  const { t } = useLingui()
  const format = useFormat()
  const key = useKeys('select') ?? 'X'
  const queries = useQueryClient()
  const { run, progress, notDone, forget, stop } = useBulk()
  useCommands({ back: onEnd })
  const rows = [...ids].flatMap((id) => cachedConversation(queries, id) ?? [])
  const count = format.number(rows.length)

  async function act(body: BulkDo, said: (count: string) => string) {
    onDone(await run(rows, body, (done) => said(format.number(done))))
  }

  return (
    <section
      aria-label={t`Chosen conversations`}
      className="flex shrink-0 flex-col gap-2 border-line border-t bg-surface px-3 py-2.5 shadow-e2"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-second">
        <strong className="figures font-semibold" role="status">
          {rows.length === 1 ? t`1 chosen` : t`${count} chosen`}
        </strong>
        {rows.length < loaded ? (
          <Button variant="quiet" size="small" onClick={onAll}>
            {t`Choose all ${format.number(loaded)} loaded`}
          </Button>
        ) : null}
        <IconButton
          name={t`Choose none`}
          onClick={onEnd}
          icon={<X size={15} strokeWidth={2} />}
          className="ml-auto size-7"
        />
      </div>
      {progress ? (
        <div className="flex items-center gap-3">
          <progress
            aria-label={t`How far it has come`}
            value={progress.done}
            max={progress.of}
            className="h-1.5 flex-1 accent-(--ink)"
          />
          <span className="figures shrink-0 text-meta text-text2">
            {t`${format.number(progress.done)} of ${format.number(progress.of)}`}
          </span>
          <Button size="small" onClick={stop}>{t`Stop`}</Button>
        </div>
      ) : rows.length > 0 ? (
        <div className="flex items-center gap-1.5">
          <AssignAll onAct={act} />
          <SnoozeAll onAct={act} />
          <LabelAll rows={rows} onAct={act} />
          <Button
            className="ml-auto"
            icon={<Check aria-hidden size={15} strokeWidth={2} />}
            onClick={() => void act({ do: 'close' }, (done) => t`Resolved: ${done}`)}
          >
            {t`Resolve`}
          </Button>
        </div>
      ) : (
        <p className="text-meta text-text3">{t`Choose with ${key}, or Shift and a click for all between.`}</p>
      )}
      {notDone.length > 0 ? <NotDoneDialog all={notDone} onClose={forget} /> : null}
    </section>
  )
}

interface ActProps {
  onAct: (body: BulkDo, said: (count: string) => string) => Promise<void>
}

function AssignAll({ onAct }: ActProps) {
  const { t } = useLingui()
  const me = usePerson()
  const people = usePeople().data ?? []
  const teams = useTeams().data ?? []
  const name = t`Assign`
  return (
    <Menu
      side="top"
      align="start"
      trigger={<IconButton name={name} icon={<Users size={18} strokeWidth={1.75} />} />}
    >
      <MenuItem
        icon={<UserPlus {...icon} />}
        onSelect={() =>
          void onAct({ do: 'assign', person_id: me.id }, (done) => t`You have ${done} of them.`)
        }
      >
        {t`To me`}
      </MenuItem>
      <MenuItem
        icon={<UserMinus {...icon} />}
        onSelect={() => void onAct({ do: 'release' }, (done) => t`Back among the unassigned: ${done}`)}
      >
        {t`To nobody`}
      </MenuItem>
      {people.length > 1 ? <MenuLine /> : null}
      {people
        .filter(({ person_id }) => person_id !== me.id)
        .map(({ person_id, name: whom }) => (
          <MenuItem
            key={person_id}
            icon={<Avatar id={person_id} name={whom} of="person" size={20} />}
            onSelect={() =>
              void onAct({ do: 'assign', person_id, force: true }, (done) => t`${whom} has ${done} of them.`)
            }
          >
            {whom}
          </MenuItem>
        ))}
      {teams.length > 0 ? <MenuLine /> : null}
      {teams.map(({ team_id, name: team }) => (
        <MenuItem
          key={team_id}
          icon={<Users {...icon} />}
          onSelect={() =>
            void onAct(
              { do: 'transfer', team: team_id, force: true },
              (done) => t`Waiting for the team ${team}: ${done}`,
            )
          }
        >
          {t`Team ${team}`}
        </MenuItem>
      ))}
    </Menu>
  )
}

function SnoozeAll({ onAct }: ActProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { hour, evening, tomorrow, monday } = momentsFrom(new Date(clockNow()))
  const put = (until: Date) => () =>
    void onAct({ do: 'snooze', until: until.toISOString() }, (done) => t`Put away: ${done}`)
  return (
    <Menu
      side="top"
      align="start"
      trigger={<IconButton name={t`Put away for later`} icon={<AlarmClock size={18} strokeWidth={1.75} />} />}
    >
      <MenuItem
        icon={<MessageCircle {...icon} />}
        onSelect={() => void onAct({ do: 'snooze', until_reply: true }, (done) => t`Put away: ${done}`)}
      >
        {t`Until the customer writes`}
      </MenuItem>
      <MenuItem icon={<Clock {...icon} />} onSelect={put(hour)}>
        {t`In an hour · ${format.time(hour)}`}
      </MenuItem>
      {evening ? (
        <MenuItem icon={<Clock {...icon} />} onSelect={put(evening)}>
          {t`This evening · ${format.time(evening)}`}
        </MenuItem>
      ) : null}
      <MenuItem icon={<AlarmClock {...icon} />} onSelect={put(tomorrow)}>
        {t`Tomorrow · ${format.time(tomorrow)}`}
      </MenuItem>
      <MenuItem icon={<AlarmClock {...icon} />} onSelect={put(monday)}>
        {t`On Monday · ${format.moment(monday)}`}
      </MenuItem>
    </Menu>
  )
}

/** A label that all have is taken off, any other put on. */
function LabelAll({ rows, onAct }: ActProps & { rows: readonly Conversation[] }) {
  const { t } = useLingui()
  const labels = useLabels().data ?? []
  if (labels.length === 0) return null
  return (
    <Menu
      side="top"
      align="start"
      trigger={<IconButton name={t`Labels`} icon={<Tag size={18} strokeWidth={1.75} />} />}
    >
      {labels.map(({ label_id, name, colour }) => {
        const having = rows.filter((row) => row.labels.some((label) => label.label_id === label_id)).length
        const all = having === rows.length
        return (
          <MenuItem
            key={label_id}
            icon={<LabelDot colour={colour} />}
            onSelect={() =>
              void onAct(
                all ? { do: 'label', remove: [label_id] } : { do: 'label', add: [label_id] },
                all ? (done) => t`${name} taken off: ${done}` : (done) => t`${name} put on: ${done}`,
              )
            }
          >
            <span className="flex items-center gap-2">
              <bdi className="flex-1">{name}</bdi>
              {all ? <Check {...icon} /> : having > 0 ? <Minus {...icon} /> : null}
              <span className="sr-only">
                {all
                  ? t`all have it: take it off`
                  : having > 0
                    ? t`some have it: put it on all`
                    : t`put it on`}
              </span>
            </span>
          </MenuItem>
        )
      })}
    </Menu>
  )
}

/** Each conversation that was left as it was, and why. */
function NotDoneDialog({ all, onClose }: { all: readonly NotDone[]; onClose: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const refusal = useRefusalWords()
  const reasons: Record<string, string> = {
    conversation_closed: t`It is resolved already.`,
    label_unknown: t`There is no such label any more.`,
    invalid_labels: t`It has as many labels as one can have.`,
  }
  const why = ({ why: said }: NotDone) =>
    'error' in said
      ? refusal(said.error).text
      : (reasons[said.code] ?? refusal(new Refusal(409, said.code, said.detail, '', [], '')).text)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={
        all.length === 1 ? t`1 was left as it was.` : t`${format.number(all.length)} were left as they were.`
      }
      description={t`What was left is still chosen, so that you can try something else.`}
      footer={<Button variant="ink" onClick={onClose}>{t`Close`}</Button>}
    >
      <ul className="divide-y divide-line text-second">
        {all.map((left) => (
          <li key={left.conversation.conversation_id} className="flex flex-col py-1.5">
            <Link
              to="/c/$conversation"
              params={{ conversation: left.conversation.conversation_id }}
              onClick={onClose}
              className="w-fit max-w-full truncate font-semibold text-ink hover:underline"
            >
              <bdi>{contactName(left.conversation.contact)}</bdi>
            </Link>
            <span className="text-text2">{why(left)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
