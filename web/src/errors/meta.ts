import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** Who can do something about it. */
export type Owner = 'recipient' | 'sender' | 'admin' | 'meta'

export interface Explanation {
  /** Why it was not delivered: one sentence. */
  cause: MessageDescriptor
  /** What to do: one sentence. */
  next: MessageDescriptor
  owner: Owner
  /** Which button makes sense: sending the same again, a template in its place, or none. */
  act: 'again' | 'template' | 'none'
}

const checkNumber = msg`Check the number.`
const reachOtherwise = msg`Reach this person another way.`
const sendTemplate = msg`Send a template; free text opens again when the customer writes.`
const tryLater = msg`Send it again later.`
const tryInMinutes = msg`Send it again in a few minutes.`
const tellAdmin = msg`Tell your administrator.`
const changeMessage = msg`Change the message and send it anew.`
const chooseTemplate = msg`Choose another template, or tell your administrator.`
const checkValues = msg`Check the values you filled in.`
const otherFile = msg`Send another file.`
const noMarketing = msg`Do not send advertising to this person.`

const again = 'again' as const
const template = 'template' as const
const none = 'none' as const

/**
 * Meta's error codes (reference/cloud-api.md 3) in words for the person who wrote the message. Never branch on
 * Meta's titles, which change; the code is the key. Whether Kontor tries again by itself is decided on the
 * server; what arrives here has failed for good.
 */
export const explanations: Readonly<Record<number, Explanation>> = {
  // Authorisation and integrity (3.2)
  0: by('admin', msg`Kontor's access to WhatsApp has ended.`, tellAdmin, none),
  3: by('admin', msg`Kontor lacks a permission at WhatsApp.`, tellAdmin, none),
  10: by('admin', msg`Kontor lacks a permission at WhatsApp.`, tellAdmin, none),
  190: by('admin', msg`Kontor's access to WhatsApp has ended.`, tellAdmin, none),
  200: by('admin', msg`Kontor lacks a permission at WhatsApp.`, tellAdmin, none),
  368: by('admin', msg`WhatsApp has blocked this business for a time.`, tellAdmin, none),
  130497: by('meta', msg`WhatsApp does not let this business write to that country.`, reachOtherwise, none),
  131005: by('admin', msg`Kontor lacks a permission at WhatsApp.`, tellAdmin, none),
  131031: by('admin', msg`WhatsApp has locked the account of this business.`, tellAdmin, none),

  // Too much at once (3.3)
  4: by('meta', msg`Too many requests to WhatsApp at once.`, tryInMinutes, again),
  613: by('meta', msg`Too many requests to WhatsApp at once.`, tryInMinutes, again),
  80007: by('meta', msg`Too many requests to WhatsApp at once.`, tryInMinutes, again),
  130429: by('meta', msg`The number sent more than WhatsApp lets through.`, tryInMinutes, again),
  131048: by(
    'admin',
    msg`Too many people have blocked or reported this number, so WhatsApp limits it.`,
    tellAdmin,
    none,
  ),
  131056: by('meta', msg`Too many messages to this person in a short time.`, tryInMinutes, again),
  131064: by(
    'admin',
    msg`WhatsApp limits this business because of a wrongly filed template.`,
    tellAdmin,
    none,
  ),
  133016: by('admin', msg`The number was registered too often.`, tellAdmin, none),

  // Sending (3.4)
  1: by('meta', msg`WhatsApp had a fault.`, tryLater, again),
  2: by('meta', msg`WhatsApp was not available.`, tryLater, again),
  33: by('admin', msg`WhatsApp does not know this business number.`, tellAdmin, none),
  100: by('sender', msg`WhatsApp refused something in the message.`, changeMessage, none),
  130472: by(
    'meta',
    msg`WhatsApp did not send it, because this person is part of a test of theirs.`,
    reachOtherwise,
    none,
  ),
  131000: by('meta', msg`WhatsApp had a fault.`, tryLater, again),
  131008: by('sender', msg`Something that WhatsApp needs is missing in the message.`, changeMessage, none),
  131009: by('sender', msg`WhatsApp refused something in the message.`, changeMessage, none),
  131016: by('meta', msg`WhatsApp was not available.`, tryLater, again),
  131021: by('sender', msg`A number cannot write to itself.`, checkNumber, none),
  131026: by(
    'recipient',
    msg`This number is not on WhatsApp, or cannot take this kind of message.`,
    checkNumber,
    none,
  ),
  131030: by('admin', msg`A test number may write only to people on its list.`, tellAdmin, none),
  131037: by('admin', msg`WhatsApp has not approved the display name of this number.`, tellAdmin, none),
  131042: by('admin', msg`WhatsApp cannot charge this business.`, tellAdmin, none),
  131044: by('admin', msg`WhatsApp cannot charge this business.`, tellAdmin, none),
  131045: by('admin', msg`The number is not registered with WhatsApp.`, tellAdmin, none),
  131047: by('recipient', msg`The customer wrote more than 24 hours ago.`, sendTemplate, template),
  131049: by(
    'meta',
    msg`WhatsApp held it back: this person gets enough advertising.`,
    msg`Wait a day before you try again.`,
    none,
  ),
  131050: by('recipient', msg`This person has stopped your advertising.`, noMarketing, none),
  131051: by('sender', msg`WhatsApp does not take this kind of message.`, changeMessage, none),
  131052: by(
    'recipient',
    msg`The customer's file could not be fetched.`,
    msg`Ask for the file once more.`,
    none,
  ),
  131053: by('sender', msg`WhatsApp could not take the file.`, otherFile, none),
  131055: by('sender', msg`Only advertising templates may go this way.`, chooseTemplate, template),
  131057: by('meta', msg`WhatsApp is working on this account.`, tryInMinutes, again),
  131062: by('sender', msg`This template can only go to a phone number.`, chooseTemplate, none),
  131063: by('admin', msg`Advertising is switched off for this account.`, tellAdmin, none),
  135000: by('sender', msg`WhatsApp refused something in the message.`, changeMessage, none),
  137000: by('recipient', msg`This person has a new phone or a new WhatsApp.`, tellAdmin, none),

  // Old codes that still come (3.4)
  470: by('recipient', msg`The customer wrote more than 24 hours ago.`, sendTemplate, template),
  471: by(
    'admin',
    msg`Too many people have blocked or reported this number, so WhatsApp limits it.`,
    tellAdmin,
    none,
  ),
  1026: by(
    'recipient',
    msg`This number is not on WhatsApp, or cannot take this kind of message.`,
    checkNumber,
    none,
  ),

  // Templates (3.5)
  132000: by('sender', msg`The template wants another number of values.`, checkValues, template),
  132001: by(
    'admin',
    msg`There is no approved template of this name and language.`,
    chooseTemplate,
    template,
  ),
  132005: by('sender', msg`With its values the template is too long.`, checkValues, template),
  132007: by('sender', msg`A value breaks WhatsApp's rules for templates.`, checkValues, template),
  132008: by('sender', msg`A value does not fit its place in the template.`, checkValues, template),
  132012: by('sender', msg`A value does not fit its place in the template.`, checkValues, template),
  132015: by('admin', msg`WhatsApp has paused this template.`, chooseTemplate, template),
  132016: by('admin', msg`WhatsApp has switched this template off.`, chooseTemplate, template),
  132018: by('sender', msg`A value has line breaks or too many spaces.`, checkValues, template),
  132068: by('admin', msg`WhatsApp has blocked the form behind this template.`, chooseTemplate, template),
  132069: by('meta', msg`The form behind this template is used too often.`, tryLater, again),
  134011: by('admin', msg`The terms of WhatsApp's payments were not accepted.`, tellAdmin, none),
  134100: by('sender', msg`Only advertising templates may go this way.`, chooseTemplate, template),
  134101: by('meta', msg`WhatsApp is still preparing this template.`, tryInMinutes, again),
  134102: by('admin', msg`WhatsApp cannot use this template.`, chooseTemplate, template),

  // Registration (3.6)
  133000: by('admin', msg`The number is not registered with WhatsApp.`, tellAdmin, none),
  133004: by('meta', msg`WhatsApp was not available.`, tryLater, again),
  133005: by('admin', msg`The number's PIN is wrong.`, tellAdmin, none),
  133006: by('admin', msg`The number is not registered with WhatsApp.`, tellAdmin, none),
  133010: by('admin', msg`The number is not registered with WhatsApp.`, tellAdmin, none),
  133015: by('meta', msg`WhatsApp is working on this account.`, tryInMinutes, again),
  2494100: by('meta', msg`WhatsApp is working on this account.`, tryInMinutes, again),
}

/** For a code that is newer than this page. */
export const unknownCause: Explanation = by(
  'meta',
  msg`WhatsApp refused it for a reason new to Kontor.`,
  tellAdmin,
  again,
)

/** For a message that failed without a code. */
export const noCause: Explanation = by('meta', msg`WhatsApp gave no reason.`, tryLater, again)

export const ownerNames: Record<Owner, MessageDescriptor> = {
  recipient: msg`The customer`,
  sender: msg`Whoever writes the message`,
  admin: msg`Your administrator`,
  meta: msg`WhatsApp`,
}

/** What is known of a failed message; `code` is undefined when none came. */
export function explain(code: number | undefined): Explanation {
  if (code === undefined) return noCause
  if (code > 200 && code < 300) return explanations[200] ?? unknownCause
  return explanations[code] ?? unknownCause
}

function by(
  owner: Owner,
  cause: MessageDescriptor,
  next: MessageDescriptor,
  act: Explanation['act'],
): Explanation {
  return { cause, next, owner, act }
}
