import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/desk'
import { useRefusalWords } from '../errors/refusals'
import { seesQueue } from '../frame/roles'
import { usePerson } from '../frame/session'
import { Banner } from '../ui/Banner'
import { Button, buttonClass } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { SkeletonRows } from '../ui/Skeleton'
import { Figures } from './Figures'
import { PeopleList } from './PeopleList'
import { useOverview } from './queries'
import { TeamList } from './TeamList'

/** Who waits, how long, and who has how much: for those who lead others, and for auditors. */
export function TeamPage() {
  const { t } = useLingui()
  const words = useRefusalWords()
  const allowed = seesQueue(usePerson().role)
  const overview = useOverview(allowed)
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto">
      <header className="flex min-h-16 shrink-0 items-center px-7 max-sm:px-3.5">
        <h1 className="font-semibold font-serif text-page">{t({ message: 'Team', context: 'page' })}</h1>
      </header>
      {!allowed ? (
        <EmptyState className="my-auto" title={t`This page is for those who lead.`}>
          {t`Supervisors see here who waits and who has how much. Ask an owner or administrator.`}
        </EmptyState>
      ) : overview.data ? (
        <Shown overview={overview.data} />
      ) : overview.isError ? (
        <Banner
          tone="warn"
          className="mx-7 max-sm:mx-3.5"
          title={t`The team could not be loaded.`}
          action={
            <Button size="small" onClick={() => overview.refetch()} busy={overview.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(overview.error).text}
        </Banner>
      ) : (
        <SkeletonRows />
      )}
    </section>
  )
}

function Shown({ overview }: { overview: Overview }) {
  const { t } = useLingui()
  const mayInvite = usePerson().rights.includes('manage_people')
  const alone = overview.agents.length < 2 && overview.waiting + overview.assigned + overview.snoozed === 0
  if (alone) {
    return (
      <EmptyState
        className="my-auto"
        title={t`Nobody waits, and nobody else is here yet.`}
        action={
          mayInvite ? (
            <Link
              to="/settings/$section"
              params={{ section: 'people' }}
              className={buttonClass({ variant: 'ink' })}
            >
              {t`Invite people`}
            </Link>
          ) : null
        }
      >
        {t`With others in the house, this page shows live who waits, how long, and who has how much; teams can have what is new handed out by themselves.`}
      </EmptyState>
    )
  }
  return (
    <div className="flex max-w-260 flex-col gap-7 px-7 pb-10 max-sm:px-3.5">
      <Figures overview={overview} />
      <TeamList teams={overview.teams} />
      <PeopleList agents={overview.agents} />
    </div>
  )
}
