import { useLingui } from '@lingui/react/macro'
import { Lock } from 'lucide-react'
import { Chip } from '../ui/Chip'
import type { Order } from './api'
import { useStatusName } from './queries'

/** An order's status as customers call it; a closed one has a lock. */
export function StatusChip({ order: { status, state } }: { order: Pick<Order, 'status' | 'state'> }) {
  const { t, i18n } = useLingui()
  const name = useStatusName()
  if (state === 'open') {
    // In a chosen row, whose ground is the chip's own, it stands on the page's.
    return (
      <Chip tone="ink" className="in-[[aria-current=page]]:bg-surface">
        {name(status, i18n.locale)}
      </Chip>
    )
  }
  return (
    <Chip tone="outline" icon={<Lock aria-hidden size={13} strokeWidth={2} />}>
      <span className="sr-only">{t({ message: 'Closed', context: 'orders' })}: </span>
      {name(status, i18n.locale)}
    </Chip>
  )
}
