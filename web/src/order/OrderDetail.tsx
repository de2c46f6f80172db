import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Refusal } from '../api/client'
import { useRefusalWords } from '../errors/refusals'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { formatPhone } from '../i18n/phone'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { SkeletonRows } from '../ui/Skeleton'
import { Tabs } from '../ui/Tabs'
import { useMatch } from '../ui/useMatch'
import { useMinute } from '../ui/useMinute'
import { WindowCountdown } from '../ui/WindowCountdown'
import type { Order } from './api'
import { ChangeOrder } from './ChangeOrder'
import { Composer } from './Composer'
import { DeskProvider } from './desk'
import { useOrder } from './queries'
import { StatusChip } from './StatusChip'
import { Thread } from './Thread'
import { Timeline } from './Timeline'
import { useAppDesk } from './useAppDesk'

/** One order: its facts and what can be changed, its messages, what happened to it. */
export function OrderDetail({ id }: { id: string }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const query = useOrder(id)
  if (query.data) return <Shown order={query.data} />
  if (query.isPending) {
    return (
      <div className="flex-1">
        <SkeletonRows count={5} avatar={false} rowClassName="h-14" />
      </div>
    )
  }
  const gone = query.error instanceof Refusal && query.error.status === 404
  return (
    <div className="m-auto p-4">
      {gone ? (
        <EmptyState title={t`There is no such order here.`}>
          {t`Its id may be another, or it is a colleague's.`}
        </EmptyState>
      ) : (
        <Banner
          tone="warn"
          title={t`The order could not be loaded.`}
          action={
            <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(query.error).text}
        </Banner>
      )}
    </div>
  )
}

function Shown({ order }: { order: Order }) {
  const { t } = useLingui()
  const now = useMinute()
  const { rights } = usePerson()
  const desk = useAppDesk(order)
  const wide = useMatch('(width >= 80rem)')
  const [chosen, setView] = useState<'messages' | 'timeline' | 'about'>('messages')
  const view = wide && chosen === 'about' ? 'messages' : chosen
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex min-h-16 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-5 py-2 max-sm:px-3.5">
        <Link
          to="/orders"
          aria-label={t`Back to the orders`}
          className="-ml-1.5 inline-flex size-8.5 shrink-0 items-center justify-center rounded-control text-text2 hover:bg-hover hover:text-text sm:hidden pointer-coarse:size-11"
        >
          <ArrowLeft size={18} strokeWidth={1.75} />
        </Link>
        <h2 className="min-w-0 font-semibold font-serif text-section [overflow-wrap:anywhere]">{order.id}</h2>
        <StatusChip order={order} />
        <WindowCountdown
          form="long"
          now={now}
          until={order.window_until ? new Date(order.window_until) : null}
          className="ml-auto text-second"
        />
      </header>
      <DeskProvider value={desk}>
        <div className="flex min-h-0 flex-1">
          <Tabs
            name={t`What to see of the order`}
            className="flex-1"
            panelClassName="flex min-h-0 flex-col"
            value={view}
            onChange={setView}
            tabs={[
              { value: 'messages', label: t`Messages` },
              { value: 'timeline', label: t`Timeline` },
              ...(wide
                ? []
                : [{ value: 'about' as const, label: t({ message: 'Order', context: 'of a shop' }) }]),
            ]}
          >
            {view === 'messages' ? (
              <div className="flex min-h-0 flex-1 flex-col bg-thread">
                <Thread />
                {rights.includes('send') ? <Composer /> : null}
              </div>
            ) : view === 'timeline' ? (
              <Timeline order={order} />
            ) : (
              <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4 max-sm:px-3.5">
                <About order={order} />
              </div>
            )}
          </Tabs>
          {wide ? (
            <aside
              aria-label={t`About this order`}
              className="w-83 shrink-0 overflow-y-auto border-line border-l px-4 py-5"
            >
              <About order={order} />
            </aside>
          ) : null}
        </div>
      </DeskProvider>
    </section>
  )
}

function About({ order }: { order: Order }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { rights } = usePerson()
  const { customer, technician, appointment, fields } = order
  const minutes = appointment?.duration_minutes ?? 0
  return (
    <div className="max-w-160">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-second">
        <Line name={t`Customer`}>
          <Link
            to="/c/$conversation"
            params={{ conversation: customer.contact_id }}
            className="text-info underline"
          >
            <bdi>{customer.name}</bdi>
          </Link>
        </Line>
        <Line name={t`Phone`}>
          {customer.phone ? <span className="figures">{formatPhone(customer.phone)}</span> : null}
        </Line>
        <Line name={t`Language`}>
          {customer.language ? languageName(customer.language, i18n.locale) : null}
        </Line>
        <Line name={t`Technician`}>{technician?.name ?? t`Nobody yet`}</Line>
        <Line name={t`Appointment`}>
          {appointment ? (
            <>
              {format.moment(new Date(appointment.at))}
              {minutes > 0 ? ` · ${t`${minutes} min`}` : null}
            </>
          ) : null}
        </Line>
        {Object.entries(fields as Record<string, string>).map(([name, value]) => (
          <Line key={name} name={name}>
            {value}
          </Line>
        ))}
        <Line name={t`Changed`}>{format.moment(new Date(order.updated_at))}</Line>
        <Line name={t`Written down`}>{format.moment(new Date(order.created_at))}</Line>
      </dl>
      {rights.includes('assign') ? <ChangeOrder order={order} /> : null}
    </div>
  )
}

/** A line that has nothing to say is left out. */
function Line({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null
  return (
    <>
      <dt className="text-text2 [overflow-wrap:anywhere]">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  )
}

function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code.replace('_', '-')) ?? code
  } catch {
    return code
  }
}
