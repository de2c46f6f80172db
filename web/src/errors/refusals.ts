import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import { NoAnswer, Refusal } from '../api/client'

/** Our own server's codes, in the reader's language: what happened, whether anything was sent, what to do. */
const refusals: Readonly<Record<string, MessageDescriptor>> = {
  window_closed: msg`The customer wrote more than 24 hours ago. Nothing was sent. Send a template.`,
  already_assigned: msg`Somebody else took this conversation first. Nothing was changed.`,
  already_under_way: msg`It has already left. It can no longer be taken back.`,
  idempotency_mismatch: msg`This message was sent before with other words. Nothing was sent. Write it anew.`,
  contact_unknown: msg`This person is no longer here. Nothing was sent.`,
  conversation_unknown: msg`There is no such conversation here.`,
  number_unknown: msg`This business number is no longer here. Nothing was sent.`,
  number_stopped: msg`This business number does not send at the moment. Tell your administrator.`,
  media_fetching: msg`The file is on its way from WhatsApp. Try again in a moment.`,
  media_disk_full: msg`The server has no room for files. Nothing was sent. Tell your administrator.`,
  blob_missing: msg`The file is no longer here. Nothing was sent. Choose it again.`,
  template_unknown: msg`There is no approved template of this name and language. Nothing was sent.`,
  customer_daily_limit: msg`This person has got as many messages today as your house allows. Nothing was sent.`,
  daily_limit: msg`Your house has sent as many messages today as it allows. Nothing was sent.`,
}

const kinds: Readonly<Record<number, MessageDescriptor>> = {
  401: msg`You are signed out. Nothing was sent.`,
  403: msg`You may not do this. Nothing was changed.`,
  404: msg`It is no longer here.`,
  409: msg`Somebody else was faster. Nothing was changed.`,
  413: msg`The file is too large. Nothing was sent.`,
  422: msg`Something in it does not fit. Nothing was sent.`,
  429: msg`Too much at once. Nothing was sent. Try again in a moment.`,
}

const noAnswer = msg`The server did not answer. Try again.`
const ours = msg`Kontor had a fault. Try again.`

/** Says an error of a call in words; the code stands apart, in small type. */
export function useRefusalWords(): (error: unknown) => { text: string; code?: string } {
  const { i18n } = useLingui()
  return (error) => {
    if (error instanceof NoAnswer) return { text: i18n._(noAnswer) }
    if (!(error instanceof Refusal)) return { text: i18n._(ours) }
    const words = refusals[error.code] ?? kinds[error.status]
    return {
      text: words ? withFields(i18n._(words), error) : error.detail || i18n._(ours),
      code: error.requestId ? `${error.code} · ${error.requestId}` : error.code,
    }
  }
}

/** The wrong members are named as the server names them: they are for support, and better than nothing. */
function withFields(text: string, { fields }: Refusal): string {
  if (fields.length === 0) return text
  return `${text} (${fields.map(({ name, detail }) => `${name}: ${detail}`).join(' ')})`
}
