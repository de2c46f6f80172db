import { useLingui } from '@lingui/react/macro'
import { useParams } from '@tanstack/react-router'
import { cn } from '../ui/cn'
import { EmptyState } from '../ui/EmptyState'
import { OrderDetail } from './OrderDetail'
import { OrderList } from './OrderList'

/** The orders on the left, one of them beside; on a phone one after the other. */
export function OrdersPage() {
  const { t } = useLingui()
  const id: string | undefined = useParams({ strict: false }).order
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <div
        className={cn(
          'flex min-h-0 w-full shrink-0 flex-col border-line bg-surface sm:w-64 sm:border-r lg:w-89',
          id && 'max-sm:hidden',
        )}
      >
        <OrderList selected={id} />
      </div>
      <div className={cn('flex min-h-0 min-w-0 flex-1 bg-surface', !id && 'max-sm:hidden')}>
        {/* On a phone the pane with the visible one is away. */}
        {id ? <h1 className="sr-only sm:hidden">{t`Orders`}</h1> : null}
        {id ? (
          <OrderDetail key={id} id={id} />
        ) : (
          <EmptyState className="m-auto" title={t`Choose an order.`} />
        )}
      </div>
    </div>
  )
}
