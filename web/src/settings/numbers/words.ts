import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const qualities: Readonly<Record<string, MessageDescriptor>> = {
  GREEN: msg`High (green)`,
  YELLOW: msg`Medium (yellow)`,
  RED: msg`Low (red)`,
  UNKNOWN: msg`Not rated yet`,
}

/** How WhatsApp rates a number. */
export function qualityOf(quality: string): MessageDescriptor | undefined {
  return qualities[quality]
}

/** How many people a tier lets through, as TIER_2K; 0 without a limit, null when it is not known. */
export function tierUsers(tier: string): number | null {
  if (tier === 'TIER_UNLIMITED') return 0
  const found = /^TIER_(\d+)(K?)$/.exec(tier)
  return found ? Number(found[1]) * (found[2] ? 1_000 : 1) : null
}
