import { useLingui } from '@lingui/react/macro'
import type { WholeDelivery } from '../../api/settings'
import { Banner } from '../../ui/Banner'
import { problemOf } from './words'

/** What came of the test event, which is sent once. */
export function TestResult({ delivery }: { delivery: WholeDelivery }) {
  const { t, i18n } = useLingui()
  const { state, response_status, duration_ms, error, response } = delivery
  const took = `${i18n.number(duration_ms)}\u00a0ms`
  const problem = problemOf(error)
  if (state === 'delivered') {
    return (
      <Banner tone="info" className="mt-3" title={t`The test event was taken.`}>
        {t`The address answered ${response_status ?? 0} after ${took}.`}
      </Banner>
    )
  }
  return (
    <Banner tone="warn" className="mt-3" title={t`The test event was not taken.`}>
      {problem ? i18n._(problem) : (error ?? '')}{' '}
      {response_status ? t`The address answered ${response_status} after ${took}.` : ''}
      {response ? (
        <code className="mt-1 block font-mono text-meta [overflow-wrap:anywhere]">
          {response.slice(0, 300)}
        </code>
      ) : null}
    </Banner>
  )
}
