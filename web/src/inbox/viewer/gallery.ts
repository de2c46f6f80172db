import { type Media, mediaOf } from '../../api/content'
import type { Message } from '../../api/types'
import { fileAddress } from '../cards/file'

/** A picture or a film that the viewer can show. */
export interface Exhibit {
  /** The message it came with; empty for a letter that the server does not know yet. */
  message: string
  kind: 'image' | 'video'
  media: Media
  src: string
  /** When it was said; none for what has not left. */
  at?: Date
  direction?: Message['direction']
}

/** Every picture and film of a history that is here, oldest first. */
export function galleryOf(messages: readonly Message[]): Exhibit[] {
  return messages.flatMap((message): Exhibit[] => {
    const { content, message_id, revoked_at, status, at, direction } = message
    if (revoked_at || status === 'canceled' || (content.type !== 'image' && content.type !== 'video'))
      return []
    const media = mediaOf(content)
    const src = fileAddress(media)
    if (!media || !src) return []
    return [{ message: message_id, kind: content.type, media, src, at: new Date(at), direction }]
  })
}
