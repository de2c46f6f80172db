import type { Status } from '../../api/types'
import type { TickState } from '../../ui/Ticks'

const ticks: Readonly<Record<Status, TickState | undefined>> = {
  received: undefined,
  accepted: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'played',
  failed: 'failed',
  expired: 'failed',
  uncertain: 'uncertain',
  held: 'held',
  canceled: undefined,
}

/** The sign of a status; what the customer wrote has none. */
export function tickOf(status: Status): TickState | undefined {
  return ticks[status]
}
