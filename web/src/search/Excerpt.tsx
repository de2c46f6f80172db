import type { FoundPart } from '../api/types'

/** A text with the words that were looked for. The mark says it to the eye and to screen readers that want it. */
export function Excerpt({ parts }: { parts: readonly FoundPart[] }) {
  return parts.map(({ text, match }, place) =>
    match ? (
      <mark
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
        key={place}
        className="rounded-[3px] bg-warn-tint font-semibold text-text"
      >
        {text}
      </mark>
    ) : (
      text
    ),
  )
}
