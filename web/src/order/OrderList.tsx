import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { useRefusalWords } from '../errors/refusals'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { usePeople } from '../inbox/data/queries'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { SearchInput } from '../ui/SearchInput'
import { Select } from '../ui/Select'
import { SkeletonRows } from '../ui/Skeleton'
import { Tabs } from '../ui/Tabs'
import { useMinute } from '../ui/useMinute'
import type { Order, OrderFilter } from './api'
import { useOrderSettings, useOrders, useStatusName } from './queries'
import { StatusChip } from './StatusChip'

const states = ['open', 'closed', 'all'] as const

/** Orders, newest first, narrowed by id or number, status, technician and state. */
export function OrderList({ selected }: { selected: string | undefined }) {
  const { t, i18n } = useLingui()
  const words = useRefusalWords()
  const { role } = usePerson()
  const [asked, setAsked] = useState('')
  const [status, setStatus] = useState('')
  const [technician, setTechnician] = useState('')
  const [state, setState] = useState<OrderFilter['state']>('open')
  const settings = useOrderSettings()
  const people = usePeople()
  const name = useStatusName()
  const query = useOrders({ ...searchOf(useDeferredValue(asked)), status, technician, state })
  const rows = query.data?.pages.flatMap((page) => page.data) ?? []
  const narrowed = Boolean(asked || status || technician)
  const names = {
    open: t({ message: 'Open', context: 'orders' }),
    closed: t({ message: 'Closed', context: 'orders' }),
    all: t({ message: 'All', context: 'orders' }),
  }

  return (
    <section aria-label={t`Orders`} className="flex min-h-0 flex-1 flex-col">
      <header className="flex min-h-16 items-center px-4">
        <h1 className="font-semibold font-serif text-page">{t`Orders`}</h1>
      </header>
      <div className="flex flex-col gap-2 px-4 pb-2">
        <SearchInput
          name={t`Order or phone number`}
          value={asked}
          maxLength={60}
          onChange={(event) => setAsked(event.target.value)}
        />
        <div className="flex gap-2">
          <div className="min-w-0 flex-1">
            <Select aria-label={t`Status`} value={status} onChange={(event) => setStatus(event.target.value)}>
              <option value="">{t`Every status`}</option>
              {settings.data?.statuses.map(({ key }) => (
                <option key={key} value={key}>
                  {name(key, i18n.locale)}
                </option>
              ))}
            </Select>
          </div>
          {role === 'technician' ? null : (
            <div className="min-w-0 flex-1">
              <Select
                aria-label={t`Technician`}
                value={technician}
                onChange={(event) => setTechnician(event.target.value)}
              >
                <option value="">{t`Everybody`}</option>
                {people.data?.map((person) => (
                  <option key={person.person_id} value={person.person_id}>
                    {person.name}
                  </option>
                ))}
              </Select>
            </div>
          )}
        </div>
      </div>
      <Tabs
        name={t`Which orders`}
        className="flex-1"
        panelClassName="overflow-y-auto"
        value={state}
        onChange={setState}
        tabs={states.map((value) => ({ value, label: names[value] }))}
      >
        {query.isPending ? <SkeletonRows count={6} avatar={false} rowClassName="h-19" /> : null}
        {query.isError ? (
          <Banner
            tone="warn"
            className="m-3"
            title={t`The orders could not be loaded.`}
            action={
              <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
                {t`Try again`}
              </Button>
            }
          >
            {words(query.error).text}
          </Banner>
        ) : null}
        {query.data && rows.length === 0 ? (
          narrowed ? (
            <EmptyState title={t`Nothing found.`}>
              {t`No order fits what you asked for.`}{' '}
              {isLocalNumber(asked) ? t`A phone number begins with + and the country code.` : null}
            </EmptyState>
          ) : (
            <EmptyState title={t`No orders here.`}>
              {t`Your shop's system writes them down with PUT orders; kontor order put does so by hand.`}
            </EmptyState>
          )
        ) : null}
        <ul>
          {rows.map((order) => (
            <li key={order.order_id}>
              <OrderRow order={order} selected={order.id === selected} />
            </li>
          ))}
        </ul>
        {query.hasNextPage ? (
          <div className="flex justify-center p-3">
            <Button size="small" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              {t`Show more`}
            </Button>
          </div>
        ) : null}
      </Tabs>
    </section>
  )
}

function OrderRow({ order, selected }: { order: Order; selected: boolean }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const changed = new Date(order.updated_at)
  return (
    <Link
      to="/orders/$order"
      params={{ order: order.id }}
      aria-current={selected ? 'page' : undefined}
      className="focus-inside relative block min-h-19 border-line border-b px-4 py-2.5 before:absolute before:inset-y-0 before:left-0 before:w-0.75 hover:bg-hover aria-[current=page]:bg-selected aria-[current=page]:before:bg-ink"
    >
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate font-semibold text-ui">{order.id}</span>
        <time dateTime={order.updated_at} className="shrink-0 text-meta text-text3">
          {format.recent(changed, now)}
        </time>
      </span>
      <span className="mt-0.5 flex items-center gap-2">
        <bdi className="min-w-0 flex-1 truncate text-second">{order.customer.name}</bdi>
        <StatusChip order={order} />
      </span>
      <span className="mt-0.5 flex gap-2 text-meta text-text3">
        <span className="min-w-0 flex-1 truncate">{order.technician?.name ?? t`Nobody yet`}</span>
        {order.appointment ? <span>{format.moment(new Date(order.appointment.at))}</span> : null}
      </span>
    </Link>
  )
}

/** Whether somebody may have meant a phone number as it is dialled in the country: an id has rarely so many digits. */
function isLocalNumber(asked: string): boolean {
  return /^[\d\s()/.-]+$/.test(asked.trim()) && asked.replace(/\D/g, '').length >= 6
}

/** What looks like a phone number with country code is one; anything else is part of an order's id. */
function searchOf(asked: string): Partial<OrderFilter> {
  const text = asked.trim()
  if (!text) return {}
  if (/^\+[\d\s()/.-]{7,}$/.test(text)) return { customer: text }
  return { search: text }
}
