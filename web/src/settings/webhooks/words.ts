import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { DeliveryState, Dialect } from '../../api/settings'

export const dialects: readonly { value: Dialect; label: MessageDescriptor; about: MessageDescriptor }[] = [
  {
    value: 'kontor',
    label: msg`Kontor’s own`,
    about: msg`Everything that happens here, signed by the rules of Standard Webhooks.`,
  },
  {
    value: 'cloud-api',
    label: msg`As Meta’s Cloud API`,
    about: msg`Exactly Meta’s form, for programs that were written for it. Messages, statuses and notices only.`,
  },
]

/** What can be asked for, by dialect; all of it together is "*". */
export const groups: Readonly<Record<Dialect, readonly { pattern: string; label: MessageDescriptor }[]>> = {
  kontor: [
    { pattern: 'message.*', label: msg`Messages and their statuses` },
    { pattern: 'conversation.*', label: msg`Conversations: opened, taken, closed` },
    { pattern: 'media.*', label: msg`Files that arrived` },
    { pattern: 'contact.*', label: msg`People` },
    { pattern: 'template.*', label: msg`Templates` },
    { pattern: 'number.*', label: msg`Business numbers` },
    { pattern: 'notice.*', label: msg`Notices of WhatsApp` },
  ],
  'cloud-api': [
    { pattern: 'message.received', label: msg`Messages of customers` },
    { pattern: 'message.status', label: msg`Statuses of your messages` },
    { pattern: 'message.canceled', label: msg`Messages that were given up` },
    { pattern: 'notice.*', label: msg`Notices of WhatsApp` },
  ],
}

export const stateNames: Readonly<Record<DeliveryState, MessageDescriptor>> = {
  pending: msg`Waits`,
  delivered: msg`Delivered`,
  dead: msg`Given up`,
}

/** Why a try failed, as the person who runs the receiving program should read it. */
const problems: Readonly<Record<string, MessageDescriptor>> = {
  timeout: msg`The address did not answer within 10 seconds.`,
  connection_refused: msg`Nobody listens at the address.`,
  connection_failed: msg`The connection broke off.`,
  name_not_found: msg`There is no such host.`,
  tls_failed: msg`The certificate of the address is not valid.`,
  address_refused: msg`The address is a private one, which is not allowed here.`,
  redirected: msg`The address sent the call elsewhere, which is not followed.`,
  status_refused: msg`The address answered, but not with a success.`,
  gone: msg`What it tells of was deleted.`,
  expired: msg`It waited for seven days.`,
  render_failed: msg`Kontor could not write it.`,
  dialect_unknown: msg`This version does not know the form.`,
}

export function problemOf(code: string | null): MessageDescriptor | undefined {
  return code ? problems[code] : undefined
}
