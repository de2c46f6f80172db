import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import type { TeamLoad } from '../api/desk'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { keepTab } from '../inbox/list/tab'
import { buttonClass } from '../ui/Button'
import { Bar } from './Bar'
import { noTeam } from './calls'
import { useModeNames } from './modes'
import { useRouting } from './queries'
import { Cell, covers, Row, RowList } from './Row'
import { useOpening } from './useOpening'
import { Wait } from './Wait'

const columns = 'md:grid-cols-[minmax(9rem,1fr)_minmax(7rem,1fr)_6.5rem_6.5rem_7rem_1.25rem]'

/** The queues: how many wait in each, how long, and whether anybody takes them. */
export function TeamList({ teams }: { teams: readonly TeamLoad[] }) {
  const { t } = useLingui()
  const mayManage = usePerson().rights.includes('manage_people')
  const most = Math.max(1, ...teams.map(({ waiting }) => waiting))
  // What is of no team is no queue of its own until something waits there, but where there is no team at all.
  const shown = teams.filter(
    ({ team_id, waiting, assigned }) => team_id !== null || waiting + assigned > 0 || teams.length === 1,
  )
  const none = teams.every(({ team_id }) => team_id === null)
  return (
    <RowList
      title={t`Queues`}
      columns={columns}
      heads={[
        t`Team`,
        t({ message: 'Waiting', context: 'figure' }),
        t`Longest wait`,
        t`With somebody`,
        t`Available`,
      ]}
      action={
        mayManage ? (
          <Link
            to="/settings/$section"
            params={{ section: 'teams' }}
            className={buttonClass({ variant: 'outline', size: 'small' })}
          >
            {none ? t`Make a team` : t`Set up teams`}
          </Link>
        ) : null
      }
    >
      {shown.map((team) => (
        <TeamRow key={team.team_id ?? noTeam} team={team} most={most} />
      ))}
      {none ? (
        <li className="px-3 py-3 text-second text-text2">
          {t`Without teams everybody takes from one queue by hand. A team can have new conversations handed out in turn, or to whoever has the fewest.`}
        </li>
      ) : null}
    </RowList>
  )
}

function TeamRow({ team, most }: { team: TeamLoad; most: number }) {
  const { t } = useLingui()
  const format = useFormat()
  const opening = useOpening()
  const modes = useModeNames()
  const routing = useRouting().data?.find(({ team_id }) => team_id === team.team_id)
  const { waiting, longest_waiting_since: since, assigned, members, available } = team
  // Nobody would take what waits here now.
  const stuck = waiting > 0 && team.team_id !== null && available === 0
  return (
    <Row columns={columns}>
      <div className="min-w-0 max-md:col-span-3">
        <Link
          to="/"
          search={{ team: team.team_id ?? noTeam }}
          onClick={() => keepTab(waiting > 0 ? 'unassigned' : 'all')}
          className={covers}
        >
          <bdi className="font-semibold text-ui [overflow-wrap:anywhere]">{team.name ?? t`No team`}</bdi>
        </Link>
        {routing ? (
          <p className="figures text-meta text-text3">
            {modes[routing.mode]} · {opening(routing)}
          </p>
        ) : null}
      </div>
      <div className="flex items-center gap-3 max-md:col-span-3">
        <p className="figures shrink-0 font-semibold text-ui">
          {format.number(waiting)}
          <span className="font-normal text-meta text-text3 md:sr-only"> {t`waiting`}</span>
        </p>
        <Bar share={waiting / most} />
      </div>
      <Cell name={t`Longest wait`}>{since ? <Wait since={since} /> : '–'}</Cell>
      <Cell name={t`With somebody`}>{format.number(assigned)}</Cell>
      <Cell name={t`Available`} className={stuck ? 'font-semibold text-warn' : undefined}>
        {team.team_id === null
          ? '–'
          : members === 0
            ? t`nobody in it`
            : t`${format.number(available)} of ${format.number(members)}`}
      </Cell>
      <ChevronRight aria-hidden size={15} strokeWidth={2} className="text-text3 max-md:hidden" />
    </Row>
  )
}
