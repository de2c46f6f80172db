import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { type DeliveryState, getDeliveries, redeliverSince, type Subscription } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Select } from '../../ui/Select'
import { SkeletonRows } from '../../ui/Skeleton'
import { toast } from '../../ui/Toast'
import { LoadFailed } from '../LoadFailed'
import { DeliveryRow } from './DeliveryRow'
import { subscriptionKeys } from './keys'
import { stateNames } from './words'

const states: readonly DeliveryState[] = ['pending', 'delivered', 'dead']

/** The kinds that can be asked for by name, the most wanted first. */
const events = [
  'message.received',
  'message.status',
  'message.accepted',
  'message.canceled',
  'message.edited',
  'message.revoked',
  'conversation.opened',
  'conversation.assigned',
  'conversation.released',
  'conversation.closed',
  'conversation.read',
  'conversation.unread',
  'conversation.snoozed',
  'conversation.woken',
  'conversation.automation',
  'media.stored',
  'media.failed',
  'contact.changed',
  'template.changed',
  'number.changed',
  'subscription.test',
] as const

const asksAgain = 5_000

/** Everything that was told to an address, newest first, and what became of it. */
export function DeliveryLog({ subscription }: { subscription: Subscription }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const { id, dead } = subscription
  const [state, setState] = useState<DeliveryState | ''>('')
  const [event, setEvent] = useState('')
  const [busy, setBusy] = useState(false)
  const titleId = useId()
  const query = useInfiniteQuery({
    queryKey: subscriptionKeys.log(id, state, event),
    queryFn: ({ pageParam }) => getDeliveries(id, state, event, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: asksAgain,
  })
  const deliveries = query.data?.pages.flatMap((page) => page.data) ?? []

  async function redeliverAll() {
    setBusy(true)
    try {
      const count = await redeliverSince(id, subscription.created_at ?? '')
      toast({ text: t`Told again: ${i18n.number(count)}` })
      await queries.invalidateQueries({ queryKey: subscriptionKeys.all })
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
    setBusy(false)
  }

  return (
    <section aria-labelledby={titleId}>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3 id={titleId} className="min-w-0 flex-1 font-semibold font-serif text-section">
          {t`What was told`}
        </h3>
        {dead > 0 ? (
          <Button size="small" busy={busy} onClick={redeliverAll}>
            {t`Tell all that was given up again`}
          </Button>
        ) : null}
        <div className="min-w-40 max-w-full">
          <Select
            aria-label={t`What became of it`}
            value={state}
            onChange={(change) => setState(change.target.value as DeliveryState | '')}
          >
            <option value="">{t`All results`}</option>
            {states.map((each) => (
              <option key={each} value={each}>
                {i18n._(stateNames[each])}
              </option>
            ))}
          </Select>
        </div>
        <div className="min-w-40 max-w-full sm:max-w-64">
          <Select aria-label={t`Event`} value={event} onChange={(change) => setEvent(change.target.value)}>
            <option value="">{t`All events`}</option>
            {events.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </Select>
        </div>
      </div>
      {query.isPending ? <SkeletonRows count={4} avatar={false} rowClassName="h-11" /> : null}
      {query.isError && deliveries.length === 0 ? (
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      ) : null}
      {query.data && deliveries.length === 0 ? (
        <p className="border-line border-t py-4 text-second text-text2">
          {state || event
            ? t`Nothing matches these filters.`
            : t`Nothing was told yet. Send a test event, or write from a phone.`}
        </p>
      ) : null}
      {deliveries.length > 0 ? (
        <ol aria-label={t`Deliveries, newest first`} className="border-line-strong border-t">
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} subscription={id} delivery={delivery} />
          ))}
        </ol>
      ) : null}
      {query.hasNextPage ? (
        <div className="flex justify-center py-3">
          <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            {t`Show older ones`}
          </Button>
        </div>
      ) : null}
    </section>
  )
}
