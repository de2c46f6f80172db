import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ChevronRight, Plus } from 'lucide-react'
import { useState } from 'react'
import { getSubscriptions, type Subscription } from '../../api/settings'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { HealthChip, HealthLine } from './Health'
import { subscriptionKeys } from './keys'
import { NewSubscriptionDialog } from './NewSubscriptionDialog'
import { SampleCode } from './SampleCode'
import { SubscriptionPanel } from './SubscriptionPanel'
import { dialects } from './words'

/** Who is told of what happens: the list, or one of them. */
export function WebhooksPanel() {
  const item = useParams({ strict: false }).item
  return item ? <SubscriptionPanel key={item} id={item} /> : <SubscriptionList />
}

/** How often, in ms, health is asked for anew while it is looked at. */
const asksAgain = 5_000

function SubscriptionList() {
  const { t } = useLingui()
  const query = useQuery({
    queryKey: subscriptionKeys.all,
    queryFn: getSubscriptions,
    refetchInterval: asksAgain,
  })
  const [making, setMaking] = useState(false)
  const make = (
    <Button
      variant="ink"
      icon={<Plus aria-hidden size={15} strokeWidth={2} />}
      onClick={() => setMaking(true)}
    >
      {t`Add an address`}
    </Button>
  )
  return (
    <Panel title={t`Webhooks`} action={query.data?.length ? make : undefined}>
      {query.isPending ? <SkeletonRows count={3} avatar={false} rowClassName="h-20" /> : null}
      {query.isError && !query.data ? (
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      ) : null}
      {query.data?.length === 0 ? (
        <div className="flex max-w-160 flex-col gap-5">
          <EmptyState title={t`Nobody is told yet.`} action={make}>
            {t`Kontor calls an address of yours when a message comes in, is read or fails: at least once, in order, and again for seven days until your program takes it.`}
          </EmptyState>
          <SampleCode dialect="kontor" />
        </div>
      ) : null}
      {query.data?.length ? (
        <ul aria-label={t`Webhooks`} className="max-w-200 border-line-strong border-t">
          {query.data.map((subscription) => (
            <SubscriptionRow key={subscription.id} subscription={subscription} />
          ))}
        </ul>
      ) : null}
      {making ? <NewSubscriptionDialog onClose={() => setMaking(false)} /> : null}
    </Panel>
  )
}

function SubscriptionRow({ subscription }: { subscription: Subscription }) {
  const { i18n } = useLingui()
  const { id, name, url, dialect, state } = subscription
  const form = dialects.find(({ value }) => value === dialect)
  return (
    <li className="border-line border-b">
      <Link
        to="/settings/$section/$item"
        params={{ section: 'webhooks', item: id }}
        className="focus-inside flex min-h-20 items-center gap-3 px-1 py-2.5 hover:bg-hover"
      >
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className="min-w-0 font-semibold text-ui [overflow-wrap:anywhere]">{name || url}</span>
            <HealthChip state={state} />
          </span>
          <span className="block truncate font-mono text-meta text-text2" title={url}>
            {name ? `${url} · ` : ''}
            <span className="font-sans">{form ? i18n._(form.label) : dialect}</span>
          </span>
          <span className="block text-meta text-text3">
            <HealthLine subscription={subscription} />
          </span>
        </span>
        <ChevronRight aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text3" />
      </Link>
    </li>
  )
}
