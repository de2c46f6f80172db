import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { KeyRound, type LucideIcon, Phone } from 'lucide-react'

export type Section = 'numbers' | 'keys'

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
    name: 'numbers',
    label: msg`Numbers`,
    about: msg`How much each may send, and whether it does`,
    Icon: Phone,
  },
  {
    name: 'keys',
    label: msg`API keys`,
    about: msg`Let your programs send and read`,
    Icon: KeyRound,
    right: 'manage_keys',
  },
]
