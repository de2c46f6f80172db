import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getUsage, type Usage } from '../../api/settings'
import type { BusinessNumber } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { Meter } from '../../ui/Meter'
import { useMinute } from '../../ui/useMinute'
import { LoadFailed } from '../LoadFailed'

/** How often, in ms, the figures are asked for anew while they are looked at. */
const asksAgain = 10_000

/** How much of its limits a number has used, and what waits in its outbox. */
export function NumberUsage({ number }: { number: BusinessNumber }) {
  const { t } = useLingui()
  const usage = useQuery({
    queryKey: ['usage', number.phone_number_id, number.state, number.paused_until],
    queryFn: () => getUsage(number.phone_number_id),
    refetchInterval: asksAgain,
  })
  if (usage.isError) {
    return <LoadFailed error={usage.error} busy={usage.isFetching} onRetry={() => usage.refetch()} />
  }
  // The height stays when the figures arrive.
  if (!usage.data) return <p role="status" aria-label={t`Loading`} className="mt-3 h-26" />
  return <Figures usage={usage.data} />
}

function Figures({ usage }: { usage: Usage }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const { messages, limit, portfolio, waiting } = usage
  const free = portfolio.next_free_at ? new Date(portfolio.next_free_at) : null
  const parts = [
    waiting.queued > 0 ? t`Waiting: ${i18n.number(waiting.queued)}` : '',
    waiting.messaging_limit > 0 ? t`of them for the limit: ${i18n.number(waiting.messaging_limit)}` : '',
    waiting.under_way > 0 ? t`Leaving: ${i18n.number(waiting.under_way)}` : '',
  ].filter(Boolean)
  const troubled = waiting.uncertain + waiting.held
  return (
    <>
      <div className="mt-3 grid grid-cols-[repeat(auto-fit,minmax(14rem,1fr))] gap-x-6 gap-y-3">
        <Meter
          name={t`Messages today`}
          value={messages}
          limit={limit}
          free={t`no limit of the house`}
          note={t`The day is counted in UTC.`}
        />
        <Meter
          name={t`New people in 24 hours`}
          value={portfolio.distinct_users}
          limit={portfolio.limit}
          free={portfolio.tier ? t`no limit at WhatsApp` : t`the limit is not known yet`}
          note={
            portfolio.remaining === 0 && free
              ? t`Further ones wait. A place is free at ${format.recent(free, now)}.`
              : t`Whom this account wrote to first; all its numbers count together.`
          }
        />
      </div>
      {parts.length > 0 || troubled > 0 ? (
        <p className="figures mt-2.5 text-second text-text2">
          {parts.join(' · ')}
          {parts.length > 0 && troubled > 0 ? ' · ' : ''}
          {troubled > 0 ? (
            <Link to="/attention" className="text-info underline">
              {t`Need attention: ${i18n.number(troubled)}`}
            </Link>
          ) : null}
        </p>
      ) : null}
    </>
  )
}
