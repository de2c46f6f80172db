import { useLingui } from '@lingui/react/macro'
import type { Trouble } from '../api/types'
import type { useTroubled } from '../inbox/data/queries'
import { LoadFailed } from '../settings/LoadFailed'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { SkeletonRows } from '../ui/Skeleton'
import { TroubleRow } from './TroubleRow'

interface TroubleListProps {
  status: Trouble
  query: ReturnType<typeof useTroubled>
}

/** The messages of one kind of trouble, newest first. */
export function TroubleList({ status, query }: TroubleListProps) {
  const { t } = useLingui()
  const messages = query.data?.pages.flatMap((page) => page.data) ?? []
  if (query.isPending) return <SkeletonRows count={4} rowClassName="h-24" />
  if (query.isError && messages.length === 0) {
    return (
      <div className="px-7 py-4 max-sm:px-3.5">
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      </div>
    )
  }
  if (messages.length === 0) return <Nothing status={status} />
  return (
    <>
      <ul aria-label={t`Messages`}>
        {messages.map((message) => (
          <TroubleRow key={message.message_id} message={message} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="flex justify-center py-4">
          <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            {t`Show older ones`}
          </Button>
        </div>
      ) : null}
    </>
  )
}

function Nothing({ status }: { status: Trouble }) {
  const { t } = useLingui()
  switch (status) {
    case 'held':
      return (
        <EmptyState title={t`Nothing is held.`} className="pt-16">
          {t`A message is held when nobody knows whether WhatsApp has it. You then decide whether it is sent again.`}
        </EmptyState>
      )
    case 'uncertain':
      return (
        <EmptyState title={t`Nothing is uncertain.`} className="pt-16">
          {t`When the line breaks while a message leaves, it stands here until WhatsApp tells whether it arrived.`}
        </EmptyState>
      )
    case 'failed':
      return (
        <EmptyState title={t`Nothing failed.`} className="pt-16">
          {t`Messages that WhatsApp refused stand here, with the reason and what to do.`}
        </EmptyState>
      )
  }
}
