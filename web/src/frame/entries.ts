import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Inbox, type LucideIcon } from 'lucide-react'

export interface Entry {
  to: '/'
  label: MessageDescriptor
  Icon: LucideIcon
}

/** The pages that exist, in the order of the rail. A new page is one line here and one in routes.tsx. */
export const entries: readonly Entry[] = [{ to: '/', label: msg`Inbox`, Icon: Inbox }]
