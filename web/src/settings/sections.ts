import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  CircleUser,
  ClipboardList,
  KeyRound,
  type LucideIcon,
  MessageSquareText,
  MonitorCog,
  Phone,
  Tag,
  Users,
  UsersRound,
  Webhook,
} from 'lucide-react'

export type Section =
  | 'me'
  | 'desk'
  | 'replies'
  | 'labels'
  | 'people'
  | 'teams'
  | 'numbers'
  | 'orders'
  | 'webhooks'
  | 'keys'

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
    name: 'me',
    label: msg`My account`,
    about: msg`Name, password, passkeys, where you are signed in`,
    Icon: CircleUser,
  },
  {
    name: 'desk',
    label: msg`My desk`,
    about: msg`What sends, and what calls you`,
    Icon: MonitorCog,
  },
  {
    name: 'replies',
    label: msg`Quick replies`,
    about: msg`Words that are sent often`,
    Icon: MessageSquareText,
  },
  {
    name: 'labels',
    label: msg`Labels`,
    about: msg`Sort conversations by words`,
    Icon: Tag,
  },
  {
    name: 'people',
    label: msg({ message: 'People', context: 'of the house' }),
    about: msg`Who works here, and what they may do`,
    Icon: Users,
  },
  {
    name: 'teams',
    label: msg`Teams`,
    about: msg`Who belongs together, and how new ones are handed out`,
    Icon: UsersRound,
  },
  {
    name: 'numbers',
    label: msg`Numbers`,
    about: msg`How much each may send, and whether it does`,
    Icon: Phone,
  },
  {
    name: 'orders',
    label: msg`Orders`,
    about: msg`Statuses, what customers are told, panels`,
    Icon: ClipboardList,
    right: 'manage_workspace',
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
