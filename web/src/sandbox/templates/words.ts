import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { CircleCheck, CircleX, Hourglass, type LucideIcon, OctagonX, Pause } from 'lucide-react'

interface State {
  label: MessageDescriptor
  tone: 'ok' | 'warn' | 'bad' | 'info' | 'neutral'
  Icon: LucideIcon
}

/** The states of a template (cloud-api.md 7.2), as the review desk speaks of them. */
const states: Readonly<Record<string, State>> = {
  APPROVED: { label: msg`Approved`, tone: 'ok', Icon: CircleCheck },
  PENDING: { label: msg`In review`, tone: 'info', Icon: Hourglass },
  IN_APPEAL: { label: msg`In appeal`, tone: 'info', Icon: Hourglass },
  REJECTED: { label: msg`Rejected`, tone: 'bad', Icon: CircleX },
  PAUSED: { label: msg`Paused`, tone: 'warn', Icon: Pause },
  DISABLED: { label: msg`Disabled`, tone: 'bad', Icon: OctagonX },
}

export function stateOf(status: string): State | undefined {
  return states[status]
}

export const qualities = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const

export const qualityNames: Readonly<Record<string, MessageDescriptor>> = {
  GREEN: msg`High (green)`,
  YELLOW: msg`Medium (yellow)`,
  RED: msg`Low (red)`,
  UNKNOWN: msg`Not rated yet`,
}

export const categories = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const

export const categoryNames: Readonly<Record<string, MessageDescriptor>> = {
  UTILITY: msg`Utility`,
  MARKETING: msg`Marketing`,
  AUTHENTICATION: msg`Authentication`,
}

/** Why Meta rejects (cloud-api.md 2.7); the codes are Meta's. */
export const reasons: readonly { code: string; label: MessageDescriptor }[] = [
  { code: 'INVALID_FORMAT', label: msg`Its form is wrong` },
  { code: 'INCORRECT_CATEGORY', label: msg`It stands in the wrong category` },
  { code: 'TAG_CONTENT_MISMATCH', label: msg`Content and category do not match` },
  { code: 'PROMOTIONAL', label: msg`It advertises` },
  { code: 'ABUSIVE_CONTENT', label: msg`It abuses or threatens` },
  { code: 'SCAM', label: msg`It deceives` },
]
