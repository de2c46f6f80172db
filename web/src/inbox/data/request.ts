import type { ButtonsAction, Content, ListAction, Media, UrlAction } from '../../api/content'

export interface SendRequest {
  /** The last part of the address: text, buttons, image, … */
  kind: string
  body: object
}

/**
 * How something is said to the server: the composer writes the Content that a bubble shows, and a message that
 * failed is sent again from the Content it has. Null for what only customers write.
 */
export function requestOf(content: Content): SendRequest | null {
  const said = bare(content)
  if (!said) return null
  const quoted = content.context?.id
  return quoted && said.kind !== 'reaction'
    ? { ...said, body: { ...said.body, context: { message_id: quoted } } }
    : said
}

function bare(content: Content): SendRequest | null {
  const { type } = content
  switch (type) {
    case 'text':
      return content.text ? { kind: 'text', body: { text: content.text.body, preview_url: true } } : null
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker': {
      const media = content[type]
      return media ? { kind: type, body: { [type]: source(type, media) } } : null
    }
    case 'location':
      return content.location ? { kind: type, body: { location: content.location } } : null
    case 'contacts':
      return content.contacts ? { kind: type, body: { contacts: content.contacts } } : null
    case 'reaction':
      return content.reaction
        ? {
            kind: type,
            body: {
              reaction: { message_id: content.reaction.message_id, emoji: content.reaction.emoji ?? '' },
            },
          }
        : null
    case 'template':
      return content.template ? { kind: type, body: { template: content.template } } : null
    case 'interactive':
      return interactive(content)
    default:
      return null
  }
}

/** Exactly one source, and only the members that this kind may have. */
function source(type: string, media: Media): object {
  const from = media.media_id
    ? { media_id: media.media_id }
    : media.link
      ? { link: media.link }
      : { id: media.id }
  return {
    ...from,
    ...(media.caption ? { caption: media.caption } : {}),
    ...(type === 'document' && media.filename ? { filename: media.filename } : {}),
    ...(media.voice ? { voice: true } : {}),
  }
}

function interactive({ interactive: said }: Content): SendRequest | null {
  if (!said) return null
  const common = {
    text: said.body?.text ?? '',
    ...(said.header ? { header: said.header.text ?? said.header } : {}),
    ...(said.footer ? { footer: said.footer.text } : {}),
  }
  switch (said.type) {
    case 'button': {
      const { buttons } = said.action as ButtonsAction
      return { kind: 'buttons', body: { ...common, buttons: buttons.map(({ reply }) => reply) } }
    }
    case 'list': {
      const { button, sections } = said.action as ListAction
      return { kind: 'list', body: { ...common, button, sections } }
    }
    case 'cta_url': {
      const { parameters } = said.action as UrlAction
      return { kind: 'cta_url', body: { ...common, ...parameters } }
    }
    default:
      return null
  }
}
