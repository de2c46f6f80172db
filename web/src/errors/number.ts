import type { MessageDescriptor } from '@lingui/core'
import { type Explanation, explain } from './meta'

/** Why a business number stands or pauses: the server's `state_reason` is token_invalid or whatsapp_<code>. */
export function explainNumber(reason: string): Explanation | undefined {
  if (!reason) return undefined
  if (reason === 'token_invalid') return explain(190)
  const code = /^whatsapp_(\d+)$/.exec(reason)?.[1]
  return explain(code ? Number(code) : -1)
}

export function numberCause(reason: string): MessageDescriptor | undefined {
  return explainNumber(reason)?.cause
}
