import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { ClipboardList, Inbox, type LucideIcon, Settings, TriangleAlert, UsersRound } from 'lucide-react'
import { seesQueue } from './roles'

export interface Entry {
  to: '/' | '/orders' | '/team' | '/attention' | '/settings'
  label: MessageDescriptor
  Icon: LucideIcon
  /** Stands at the foot of the rail, with what is done rarely. */
  rare?: boolean
  /** Whose role it is shown to; without it everybody's. */
  opens?: (role: string) => boolean
}

/** The pages that exist, in the order of the rail. A new page is one line here and one in routes.tsx. */
export const entries: readonly Entry[] = [
  { to: '/', label: msg`Inbox`, Icon: Inbox },
  { to: '/orders', label: msg`Orders`, Icon: ClipboardList },
  { to: '/team', label: msg({ message: 'Team', context: 'page' }), Icon: UsersRound, opens: seesQueue },
  { to: '/attention', label: msg`Attention`, Icon: TriangleAlert },
  { to: '/settings', label: msg`Settings`, Icon: Settings, rare: true },
]
