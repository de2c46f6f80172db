import { useLingui } from '@lingui/react/macro'
import type { Content } from '../model'

/** A message in a few words, for quotes and for people who hear the page. */
export function useSummary(): (content: Content) => string {
  const { t } = useLingui()
  return (content) => {
    switch (content.kind) {
      case 'text':
        return content.text
      case 'image':
        return content.media.caption || t`Picture`
      case 'video':
        return content.media.caption || t`Video`
      case 'audio':
        return content.media.voice ? t`Voice message` : t`Audio`
      case 'document':
        return content.media.caption || content.media.filename || t`Document`
      case 'sticker':
        return t`Sticker`
      case 'place':
        return content.place.name || t`Location`
      case 'contacts':
        return content.cards.map((card) => card.name).join(', ')
      case 'letter':
        return content.letter.body || content.template
      case 'choice':
        return content.title
      case 'reaction':
        return content.emoji
      case 'unknown':
        return content.type
    }
  }
}
