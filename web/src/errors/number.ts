import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { type Explanation, explain } from './meta'

/** 10, 200–299 and 131005: the next message would meet the same, so the number stands and its messages wait. */
const permission: Explanation = {
  owner: 'admin',
  cause: msg`Its access token lacks a permission at WhatsApp.`,
  next: msg`Give the token its permissions back, or connect the number with another one.`,
  act: 'none',
}

/** Why a business number stands or pauses: the server's `state_reason` is token_invalid or whatsapp_<code>. */
export function explainNumber(reason: string): Explanation | undefined {
  if (!reason) return undefined
  if (reason === 'token_invalid') return explain(190)
  const code = Number(/^whatsapp_(\d+)$/.exec(reason)?.[1] ?? -1)
  return code === 10 || code === 131005 || (code >= 200 && code < 300) ? permission : explain(code)
}

export function numberCause(reason: string): MessageDescriptor | undefined {
  return explainNumber(reason)?.cause
}
