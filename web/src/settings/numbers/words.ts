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
