import type { Who } from '../../api/desk'
import { partsOf } from './mentions'

/** The words of a note; whom it names stands out. */
export function NoteText({ text, mentions }: { text: string; mentions: readonly Who[] }) {
  return (
    <p dir="auto" className="whitespace-pre-wrap text-message-phone [overflow-wrap:anywhere] sm:text-message">
      {partsOf(text, mentions).map((part, place) =>
        part.who ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
          <strong key={place} className="font-semibold text-info">
            {part.text}
          </strong>
        ) : (
          part.text
        ),
      )}
    </p>
  )
}
