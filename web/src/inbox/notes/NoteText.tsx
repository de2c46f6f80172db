import type { Who } from '../../api/desk'
import { partsOf } from './mentions'

interface NoteTextProps {
  text: string
  mentions: readonly Who[]
}

/** The words of a note; whom it names stands out. */
export function NoteText(props: NoteTextProps) {
  return (
    <p dir="auto" className="whitespace-pre-wrap text-message-phone [overflow-wrap:anywhere] sm:text-message">
      <NoteWords {...props} />
    </p>
  )
}

/** The same within other words. */
export function NoteWords({ text, mentions }: NoteTextProps) {
  return partsOf(text, mentions).map((part, place) =>
    part.who ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
      <strong key={place} className="font-semibold text-info">
        {part.text}
      </strong>
    ) : (
      part.text
    ),
  )
}
