import { useLingui } from '@lingui/react/macro'
import { useNumbers } from '../../inbox/data/queries'
import { EmptyState } from '../../ui/EmptyState'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { NumberEntry } from './NumberEntry'

/** The business numbers: whether each sends, how good WhatsApp finds it, and how much it may. */
export function NumbersPanel() {
  const { t } = useLingui()
  const numbers = useNumbers()
  return (
    <Panel title={t`Numbers`}>
      {numbers.isPending ? <SkeletonRows count={2} avatar={false} rowClassName="h-40" /> : null}
      {numbers.isError ? (
        <LoadFailed error={numbers.error} busy={numbers.isFetching} onRetry={() => numbers.refetch()} />
      ) : null}
      {numbers.data?.length === 0 ? (
        <EmptyState title={t`No business number is connected.`}>
          {t`Connect one with “kontor setup”; it then stands here with its limits.`}
        </EmptyState>
      ) : null}
      {numbers.data?.length ? (
        <ul aria-label={t`Numbers`} className="flex max-w-200 flex-col gap-4">
          {numbers.data.map((number) => (
            <NumberEntry key={number.number_id} number={number} />
          ))}
        </ul>
      ) : null}
    </Panel>
  )
}
