import { useLingui } from '@lingui/react/macro'
import { ShoppingBag } from 'lucide-react'
import type { Order } from '../../api/content'
import { useFormat } from '../../i18n/format'
import { MessageText } from '../../ui/MessageText'

/** A cart from the catalogue: its lines, and a sum for each currency. */
export function OrderCard({ order }: { order: Order }) {
  const { t } = useLingui()
  const format = useFormat()
  const lines = (order.product_items ?? []).map((item) => ({
    name: item.product_retailer_id,
    count: Number(item.quantity),
    sum: Number(item.quantity) * Number(item.item_price),
    currency: item.currency,
  }))
  const sums = new Map<string, number>()
  for (const { currency, sum } of lines) sums.set(currency, (sums.get(currency) ?? 0) + sum)

  /** Currencies that Intl refuses are shown as they came. */
  function money(value: number, currency: string): string {
    try {
      return format.money(value, currency)
    } catch {
      return `${format.number(value)} ${currency}`
    }
  }

  return (
    <div className="flex min-w-60 flex-col gap-1.5 py-0.5">
      <p className="flex items-center gap-1.5 font-semibold text-second">
        <ShoppingBag aria-hidden size={15} strokeWidth={1.75} className="shrink-0" />
        {t`Order`}
      </p>
      <table className="figures w-full text-second">
        <caption className="sr-only">{t`Order`}</caption>
        <thead className="sr-only">
          <tr>
            <th>{t`Number of pieces`}</th>
            <th>{t`Product`}</th>
            <th>{t`Sum`}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one order never change
            <tr key={place} className="border-line border-b align-baseline">
              <td className="py-1 pr-2 text-right text-text2">{`${format.number(line.count)}\u00a0×`}</td>
              <td className="py-1 pr-3 [overflow-wrap:anywhere]">{line.name}</td>
              <td className="whitespace-nowrap py-1 text-right">{money(line.sum, line.currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {[...sums].map(([currency, sum]) => (
            <tr key={currency} className="border-text border-b-3 border-double font-semibold">
              <td />
              <td className="py-1 pr-3">{t`Total`}</td>
              <td className="whitespace-nowrap py-1 text-right">{money(sum, currency)}</td>
            </tr>
          ))}
        </tfoot>
      </table>
      {order.text ? <MessageText text={order.text} /> : null}
    </div>
  )
}
