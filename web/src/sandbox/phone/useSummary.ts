import { useLingui } from '@lingui/react/macro'
import { parseMessage, type Span } from '../../ui/messageMarkup'
import type { Content } from '../model'

/** A message in a few words, for quotes and for people who hear the page. */
export function useSummary(): (content: Content) => string {
  const { t } = useLingui()
  return (content) => {
    switch (content.kind) {
      case 'text':
        return plain(parseMessage(content.text))
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
        return plain(parseMessage(content.letter.body)) || content.template
      case 'choice':
        return content.title
      case 'reaction':
        return content.emoji
      case 'unknown':
        return content.type
    }
  }
}

/** The words without the marks for bold and the like. */
function plain(spans: readonly Span[]): string {
  return spans.map((span) => ('spans' in span ? plain(span.spans) : span.text)).join('')
}
