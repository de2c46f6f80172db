import { useLingui } from '@lingui/react/macro'
import type { Content, Interactive } from '../api/content'
import type { Contact, Message } from '../api/types'
import { formatPhone } from '../i18n/phone'
import { plainMessage } from '../ui/messageMarkup'

/** What the icon beside a preview is of. */
export type PreviewKind =
  | 'text'
  | 'voice'
  | 'image'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
  | 'location'
  | 'contacts'
  | 'template'
  | 'order'
  | 'system'
  | 'unknown'

export interface Preview {
  kind: PreviewKind
  text: string
}

/** A message in one line, in the reader's language: for rows, quotes and what is read out. */
export function usePreview(): (message: Pick<Message, 'content' | 'revoked_at'>) => Preview {
  const { t } = useLingui()

  function preview(content: Content): Preview {
    switch (content.type) {
      case 'text':
        return { kind: 'text', text: plainMessage(content.text?.body ?? '') }
      case 'image':
        return { kind: 'image', text: content.image?.caption || t`Picture` }
      case 'video':
        return { kind: 'video', text: content.video?.caption || t`Video` }
      case 'audio':
        return content.audio?.voice
          ? { kind: 'voice', text: t`Voice message` }
          : { kind: 'audio', text: t`Audio` }
      case 'document':
        return {
          kind: 'document',
          text: content.document?.filename || content.document?.caption || t`Document`,
        }
      case 'sticker':
        return { kind: 'sticker', text: t`Sticker` }
      case 'location':
        return { kind: 'location', text: content.location?.name || t`Location` }
      case 'contacts':
        return {
          kind: 'contacts',
          text: content.contacts?.map((card) => card.name.formatted_name).join(', ') || t`Contact`,
        }
      case 'reaction': {
        const emoji = content.reaction?.emoji
        return { kind: 'text', text: emoji ? t`Reacted with ${emoji}` : t`Took a reaction back` }
      }
      case 'interactive':
        return { kind: 'text', text: plainMessage(interactiveText(content)) || t`Message with buttons` }
      case 'template': {
        const name = content.template?.name ?? ''
        return { kind: 'template', text: plainMessage(content.rendered?.body ?? '') || t`Template ${name}` }
      }
      case 'button':
        return { kind: 'text', text: content.button?.text ?? '' }
      case 'order':
        return { kind: 'order', text: content.order?.text || t`Order` }
      case 'system':
        return { kind: 'system', text: content.system?.body || t`Notice of WhatsApp` }
      case 'edit':
        return content.edit?.message
          ? preview(content.edit.message)
          : { kind: 'text', text: t`Changed a message` }
      case 'revoke':
        return { kind: 'text', text: t`Deleted a message` }
      default:
        return { kind: 'unknown', text: t`Message of the type ${unknownType(content)}` }
    }
  }

  return ({ content, revoked_at }) =>
    revoked_at ? { kind: 'text', text: t`Message deleted` } : preview(content)
}

function interactiveText({ reply, interactive }: Content): string {
  if (reply) return reply.title || reply.body || ''
  return (interactive as Interactive | undefined)?.body?.text ?? ''
}

/** The name under which a type came that this page cannot show. */
export function unknownType(content: Content): string {
  return content.unsupported?.type || content.raw_type || content.type
}

/** Whom to call a person: the name, else the username, else the number. */
export function contactName({ name, profile_name, username, phone, bsuid }: Contact): string {
  return (
    name ||
    profile_name ||
    (username ? `@${username}` : '') ||
    (phone ? formatPhone(phone) : '') ||
    bsuid ||
    '?'
  )
}

/** The name by which a sentence speaks of a person: Bruna for Bruna Costa, the whole of anything else. */
export function shortName(name: string): string {
  return /^\p{L}/u.test(name) ? (name.split(/\s+/)[0] ?? name) : name
}
