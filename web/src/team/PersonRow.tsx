import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ArrowRightLeft } from 'lucide-react'
import type { AgentLoad, TeamRouting } from '../api/desk'
import { isLead } from '../frame/roles'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { keepTab } from '../inbox/list/tab'
import { Avatar } from '../ui/Avatar'
import { announce } from '../ui/announce'
import { IconButton } from '../ui/IconButton'
import { Switch } from '../ui/Switch'
import { useMinute } from '../ui/useMinute'
import { useSetAvailable } from './Availability'
import { Bar } from './Bar'
import { fullness, limitOf } from './load'
import { Cell, covers, Row } from './Row'

export const columns = 'md:grid-cols-[minmax(9rem,1fr)_minmax(7rem,1fr)_4rem_5rem_9.5rem_2.25rem]'

interface PersonRowProps {
  agent: AgentLoad
  teams: readonly TeamRouting[]
  /** Their account is closed. */
  gone?: boolean
  /** For those who may hand over what somebody has. */
  onHandOver?: (agent: AgentLoad) => void
}

/** What one person has, how much more they take, and whether they take anything. */
export function PersonRow({ agent, teams, gone = false, onHandOver }: PersonRowProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { person, open, snoozed, unread } = agent
  const limit = gone ? null : limitOf(agent, teams)
  const full = limit === null ? null : fullness(open, limit)
  const names = teams.filter(({ team }) => agent.teams.includes(team)).map(({ name }) => name)
  const has = open + snoozed > 0
  return (
    <Row columns={columns}>
      <div className="flex min-w-0 items-center gap-2.5 max-md:col-span-3">
        <Avatar id={person.person_id} name={person.name} of="person" size={36} />
        <div className="min-w-0">
          <Link
            to="/"
            search={{ assignee: person.person_id }}
            onClick={() => keepTab(open > 0 || !has ? 'all' : 'later')}
            className={covers}
          >
            <bdi className="font-semibold text-ui [overflow-wrap:anywhere]">{person.name}</bdi>
          </Link>
          <p className="text-meta text-text3 [overflow-wrap:anywhere]">
            {gone ? t`closed account` : names.length > 0 ? names.join(' · ') : t`in no team`}
          </p>
        </div>
      </div>
      <div className="flex items-center gap-3 max-md:col-span-3">
        <p className="figures shrink-0 text-second">
          <span className="font-semibold text-ui">{format.number(open)}</span>
          {limit === null ? null : <span className="text-text3"> / {format.number(limit)}</span>}
          <span className="text-meta text-text3 md:sr-only"> {t`open`}</span>
          {full?.is === 'full' ? <span className="ms-1.5 text-meta text-warn">{t`full`}</span> : null}
        </p>
        {full ? <Bar {...full} /> : null}
      </div>
      <Cell name={t`Unread`}>{format.number(unread)}</Cell>
      <Cell name={t`Put away`}>{format.number(snoozed)}</Cell>
      {gone ? <span className="max-md:hidden" /> : <Takes agent={agent} />}
      {onHandOver && has ? (
        <IconButton
          name={t`Hand over what ${person.name} has`}
          onClick={() => onHandOver(agent)}
          icon={<ArrowRightLeft size={15} strokeWidth={1.75} />}
          className="relative z-10 justify-self-end max-md:absolute max-md:end-1 max-md:top-2"
        />
      ) : null}
    </Row>
  )
}

/** Whether somebody takes new conversations, and since when: a switch for those who lead, words for the others. */
function Takes({ agent: { person, available, changed_at } }: { agent: AgentLoad }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const me = usePerson()
  const setAvailable = useSetAvailable()
  const word = available ? t`available` : t`away`
  const since = changed_at ? format.recent(new Date(changed_at), now) : ''
  const words = (
    <>
      <span className="sr-only">{person.name}: </span>
      {word}
      {since ? <span className="figures block text-meta text-text3">{t`since ${since}`}</span> : null}
    </>
  )
  if (!isLead(me.role) && me.id !== person.person_id) {
    return <p className="text-second md:text-end">{words}</p>
  }
  return (
    <div className="relative z-10 min-w-0 max-[22rem]:col-span-3 md:[&_button]:order-last md:[&_label]:text-end">
      <Switch
        label={words}
        checked={available}
        onChange={(on) =>
          void setAvailable(person.person_id, on).then((done) => {
            if (done) announce(on ? t`${person.name} is available.` : t`${person.name} is away.`)
          })
        }
      />
    </div>
  )
}
