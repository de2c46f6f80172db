import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { KeyRound, type LucideIcon, MonitorCog, Phone, Tag, Webhook } from 'lucide-react'

export type Section = 'desk' | 'labels' | 'numbers' | 'webhooks' | 'keys'

interface SectionEntry {
  name: Section
  label: MessageDescriptor
  about: MessageDescriptor
  Icon: LucideIcon
  /** Who lacks it does not see the section. */
  right?: string
}

/** The sections that exist, in their order. A new one is a line here and one in SettingsPage. */
export const sections: readonly SectionEntry[] = [
  {
    name: 'desk',
    label: msg`My desk`,
    about: msg`What sends, and what calls you`,
    Icon: MonitorCog,
  },
  {
    name: 'labels',
    label: msg`Labels`,
    about: msg`Sort conversations by words`,
    Icon: Tag,
  },
  {
    name: 'numbers',
    label: msg`Numbers`,
    about: msg`How much each may send, and whether it does`,
    Icon: Phone,
  },
  {
    name: 'webhooks',
    label: msg`Webhooks`,
    about: msg`Tell your programs what happens`,
    Icon: Webhook,
    right: 'manage_subscriptions',
  },
  {
    name: 'keys',
    label: msg`API keys`,
    about: msg`Let your programs send and read`,
    Icon: KeyRound,
    right: 'manage_keys',
  },
]
