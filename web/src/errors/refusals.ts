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
  media_too_large: msg`The file is larger than WhatsApp takes of its kind. Nothing was sent. Large pictures go as JPEG or PNG; as WebP they are stickers.`,
  media_type_mismatch: msg`The file holds something else than its name says. Nothing was sent. Save it anew in the right form.`,
  media_type_unsupported: msg`WhatsApp does not take files of this kind. Nothing was sent. Send a JPEG, PNG, MP4, MP3 or PDF.`,
  media_disk_full: msg`The server has no room for files. Nothing was sent. Tell your administrator.`,
  blob_missing: msg`The file is no longer here. Nothing was sent. Choose it again.`,
  template_unknown: msg`There is no approved template of this name and language. Nothing was sent.`,
  sign_in_refused: msg`E-mail and password do not fit together, or the account is closed. Nobody was signed in.`,
  code_wrong: msg`The code is wrong or too old. Nothing was changed. Take the one that the app shows now.`,
  second_step_ended: msg`The second step took too long or was tried too often. Begin again with the password.`,
  passkey_refused: msg`This passkey is not known here. Nobody was signed in. Use another one or the password.`,
  passkey_invalid: msg`The server did not accept this passkey. Nothing was added. Try again.`,
  passkeys_unavailable: msg`Passkeys need an address with a name, and this Kontor is called by a number. Nothing was changed.`,
  too_many_sign_ins: msg`Too many tries from this place. Nothing was changed.`,
  setup_code_wrong: msg`The set-up code is wrong or was replaced. Nothing was changed. The newest one stands in the window where Kontor was started.`,
  setup_done: msg`Kontor was set up already. Nothing was changed. Sign in.`,
  link_expired: msg`This link was used already, was withdrawn, or has expired. Nothing was changed.`,
  invalid_password: msg`The server does not accept this password. Nothing was changed. Take a longer one that others do not guess, without your name.`,
  password_wrong: msg`The password is wrong. Nothing was changed.`,
  mail_not_configured: msg`This house sends no mail. Nothing was sent. Pass the link on yourself.`,
  email_taken: msg`Somebody has this address already. Nothing was changed.`,
  totp_on: msg`The codes are on already. Nothing was changed.`,
  owner_only: msg`Only an owner may do this. Nothing was changed.`,
  last_owner: msg`This is the only owner. Nothing was changed. Make somebody else an owner first.`,
  yourself: msg`You cannot close your own account. Nothing was changed. Ask another administrator.`,
  person_not_found: msg`This person is no longer here. Nothing was changed.`,
  team_not_found: msg`This team is no longer here. Nothing was changed.`,
  team_taken: msg`There is a team of this name already. Nothing was changed.`,
  team_in_use: msg`A business number or an open conversation belongs to this team. Nothing was changed. Give them to another team first.`,
  customer_daily_limit: msg`This person has got as many messages today as your house allows. Nothing was sent.`,
  label_exists: msg`There is a label of this name already. Nothing was changed. Use that one, or another name.`,
  shortcut_exists: msg`There is a quick reply of this short name already. Nothing was changed. Take another name.`,
  changed_meanwhile: msg`Somebody changed it meanwhile. Nothing of yours was changed. Look at it again.`,
  daily_limit: msg`Your house has sent as many messages today as it allows. Nothing was sent.`,
}

/** Wrong members of a request, as `code.member`, that people fill in themselves. */
const members: Readonly<Record<string, MessageDescriptor>> = {
  'invalid_person.name': msg`A name has 1 to 100 characters.`,
  'invalid_person.email': msg`This is not an e-mail address.`,
  'invalid_person.password': refusals.invalid_password as MessageDescriptor,
  'invalid_person.workspace_name': msg`A name has 1 to 100 characters.`,
  'invalid_team.name': msg`A name has 1 to 100 characters.`,
  'invalid_key.name': msg`A name has 1 to 100 characters.`,
  'invalid_key.expires_at': msg`Choose a day that is still to come.`,
}

const kinds: Readonly<Record<number, MessageDescriptor>> = {
  401: msg`You are signed out. Nothing was sent.`,
  403: msg`You may not do this. Nothing was changed.`,
  404: msg`It is no longer here.`,
  409: msg`Somebody else was faster. Nothing was changed.`,
  413: msg`The file is too large. Nothing was sent.`,
  422: msg`Something in it does not fit. Nothing was sent.`,
  429: msg`Too much at once. Nothing was sent. Try again in a moment.`,
  503: msg`Kontor cannot do this at the moment. Try again in a moment.`,
}

const noAnswer = msg`The server did not answer. Try again.`
const offline = msg`You are offline. Nothing is lost that you typed here. Try again when you are back.`
const ours = msg`Kontor had a fault. Try again.`

/** Says an error of a call in words; the code stands apart, in small type. */
export function useRefusalWords(): (error: unknown) => { text: string; code?: string } {
  const { i18n } = useLingui()
  return (error) => {
    if (error instanceof NoAnswer) return { text: i18n._(navigator.onLine ? noAnswer : offline) }
    if (!(error instanceof Refusal)) return { text: i18n._(ours) }
    const own = members[`${error.code}.${error.fields[0]?.name}`] ?? refusals[error.code]
    const kind = kinds[error.status]
    return {
      text: own ? i18n._(own) : kind ? withFields(i18n._(kind), error) : error.detail || i18n._(ours),
      code: error.requestId ? `${error.code} · ${error.requestId}` : error.code,
    }
  }
}

/** The wrong members are named as the server names them: they are for support, and better than nothing. */
function withFields(text: string, { fields }: Refusal): string {
  if (fields.length === 0) return text
  return `${text} (${fields.map(({ name, detail }) => `${name}: ${detail}`).join(' ')})`
}
