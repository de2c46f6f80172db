import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Pause, Pencil, Play, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  changeSubscription,
  type Dialect,
  enableSubscription,
  getSubscription,
  type Subscription,
  testSubscription,
  type WholeDelivery,
} from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { useNumbers } from '../../inbox/data/queries'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { SkeletonRows } from '../../ui/Skeleton'
import { useMinute } from '../../ui/useMinute'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { ChangeDialog } from './ChangeDialog'
import { DeleteDialog } from './DeleteDialog'
import { DeliveryLog } from './DeliveryLog'
import { HealthChip, HealthLine } from './Health'
import { subscriptionKeys } from './keys'
import { RotateDialog } from './RotateDialog'
import { SampleCode } from './SampleCode'
import { TestResult } from './TestResult'
import { dialects, groups } from './words'

/** How often, in ms, health is asked for anew while it is looked at. */
const asksAgain = 5_000

/** One address: how it does, what can be done with it, and everything that was told to it. */
export function SubscriptionPanel({ id }: { id: string }) {
  const { t } = useLingui()
  const query = useQuery({
    queryKey: subscriptionKeys.one(id),
    queryFn: () => getSubscription(id),
    refetchInterval: asksAgain,
  })
  const back = { section: 'webhooks', name: t`Back to the webhooks` }
  const { data } = query
  return (
    <Panel title={data ? data.name || hostOf(data.url) : t`Webhooks`} back={back}>
      {query.isPending ? <SkeletonRows count={3} avatar={false} rowClassName="h-20" /> : null}
      {query.isError && !data ? (
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      ) : null}
      {data ? <Loaded subscription={data} /> : null}
    </Panel>
  )
}

function Loaded({ subscription }: { subscription: Subscription }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [dialog, setDialog] = useState<'change' | 'rotate' | 'delete' | null>(null)
  const [busy, setBusy] = useState<'test' | 'state' | null>(null)
  const [failure, setFailure] = useState('')
  const [tested, setTested] = useState<WholeDelivery | null>(null)
  const { id, state } = subscription
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

  async function run(what: 'test' | 'state', call: () => Promise<unknown>) {
    setBusy(what)
    setFailure('')
    try {
      await call()
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(null)
    await queries.invalidateQueries({ queryKey: subscriptionKeys.all })
  }

  const test = () => run('test', async () => setTested(await testSubscription(id)))
  const pause = () => run('state', () => changeSubscription(id, { state: 'paused' }))
  const enable = () => run('state', () => enableSubscription(id))

  return (
    <div className="flex max-w-200 flex-col gap-5">
      <div>
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="min-w-0 font-mono text-second [overflow-wrap:anywhere]">{subscription.url}</span>
          <HealthChip state={state} />
        </p>
        <p className="mt-1 text-second text-text2">
          <HealthLine subscription={subscription} />
        </p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button variant="ink" busy={busy === 'test'} icon={<Send {...icon} />} onClick={test}>
            {t`Send a test event`}
          </Button>
          {state === 'active' ? (
            <Button busy={busy === 'state'} icon={<Pause {...icon} />} onClick={pause}>
              {t`Pause`}
            </Button>
          ) : (
            <Button busy={busy === 'state'} icon={<Play {...icon} />} onClick={enable}>
              {state === 'failing' ? t`Try now` : t`Go on`}
            </Button>
          )}
          <Button icon={<Pencil {...icon} />} onClick={() => setDialog('change')}>
            {t`Change`}
          </Button>
          <Button icon={<KeyRound {...icon} />} onClick={() => setDialog('rotate')}>
            {t`New secret`}
          </Button>
          <Button variant="danger-outline" icon={<Trash2 {...icon} />} onClick={() => setDialog('delete')}>
            {t`Delete`}
          </Button>
        </div>
        {failure ? (
          <Banner tone="bad" className="mt-3">
            {failure}
          </Banner>
        ) : null}
        {tested ? <TestResult delivery={tested} /> : null}
      </div>
      <Facts subscription={subscription} />
      <DeliveryLog subscription={subscription} />
      <SampleCode dialect={subscription.dialect === 'cloud-api' ? 'cloud-api' : 'kontor'} />
      {dialog === 'change' ? (
        <ChangeDialog subscription={subscription} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'rotate' ? (
        <RotateDialog subscription={subscription} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'delete' ? (
        <DeleteDialog subscription={subscription} onClose={() => setDialog(null)} />
      ) : null}
    </div>
  )
}

function Facts({ subscription }: { subscription: Subscription }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const numbers = useNumbers().data ?? []
  const { dialect, events, phone_number_id, secret_hint, previous_secret_until } = subscription
  const form = dialects.find(({ value }) => value === dialect)
  const number = numbers.find((each) => each.phone_number_id === phone_number_id)
  const kinds = events.map((event) => {
    const known = (groups[dialect as Dialect] ?? []).find(({ pattern }) => pattern === event)
    return event === '*' ? t`Everything` : known ? i18n._(known.label) : event
  })
  const facts: [string, string][] = [
    [t`Form`, form ? i18n._(form.label) : dialect],
    [t`Events`, kinds.join(', ')],
    [
      t`Business number`,
      phone_number_id ? number?.verified_name || number?.display_phone || phone_number_id : t`All numbers`,
    ],
    [
      t`Secret`,
      [
        secret_hint ? `…${secret_hint}` : t`not shown`,
        previous_secret_until
          ? t`the one before counts until ${format.recent(new Date(previous_secret_until), now)}`
          : '',
      ]
        .filter(Boolean)
        .join(' · '),
    ],
  ]
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(11rem,1fr))] gap-x-5 gap-y-2.5">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="text-meta text-text3">{name}</dt>
          <dd className="text-second [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
