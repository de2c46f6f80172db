import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { ClipboardList, Inbox, type LucideIcon, Settings, TriangleAlert } from 'lucide-react'

export interface Entry {
  to: '/' | '/orders' | '/attention' | '/settings'
  label: MessageDescriptor
  Icon: LucideIcon
  /** Stands at the foot of the rail, with what is done rarely. */
  rare?: boolean
}

/** The pages that exist, in the order of the rail. A new page is one line here and one in routes.tsx. */
export const entries: readonly Entry[] = [
  { to: '/', label: msg`Inbox`, Icon: Inbox },
  { to: '/orders', label: msg`Orders`, Icon: ClipboardList },
  { to: '/attention', label: msg`Attention`, Icon: TriangleAlert },
  { to: '/settings', label: msg`Settings`, Icon: Settings, rare: true },
]
