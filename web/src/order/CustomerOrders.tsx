import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormat } from '../i18n/format'
import { Button } from '../ui/Button'
import { useOrders } from './queries'
import { StatusChip } from './StatusChip'

/** So many are shown at first. */
const some = 5

/** A customer's orders, for the pane about a person; without any it takes no room. */
export function CustomerOrders({ contact }: { contact: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const query = useOrders({ customer: contact })
  const [all, setAll] = useState(false)
  const orders = query.data?.pages.flatMap((page) => page.data) ?? []
  if (orders.length === 0) return null
  return (
    <section aria-label={t`Orders`}>
      <h3 className="mt-5 mb-1.5 border-line border-t pt-4 font-semibold text-ui">{t`Orders`}</h3>
      <ul className="flex flex-col gap-1">
        {orders.slice(0, all ? undefined : some).map((order) => (
          <li key={order.order_id}>
            <Link
              to="/orders/$order"
              params={{ order: order.id }}
              className="focus-inside -mx-2 block rounded-control px-2 py-1.5 hover:bg-hover"
            >
              <span className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate font-semibold text-second">{order.id}</span>
                <StatusChip order={order} />
              </span>
              <span className="flex gap-2 text-meta text-text3">
                <span className="min-w-0 flex-1 truncate">{order.technician?.name ?? t`Nobody yet`}</span>
                {order.appointment ? <span>{format.moment(new Date(order.appointment.at))}</span> : null}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {orders.length > some && !all ? (
        <Button size="small" className="mt-1.5" onClick={() => setAll(true)}>
          {t`Show more`}
        </Button>
      ) : null}
    </section>
  )
}
