import type { Label } from '../../api/desk'

/** A label's colour; its word stands beside it, so the colour alone says nothing. */
export function LabelDot({ colour }: { colour: string }) {
  return (
    <span
      aria-hidden
      style={{ backgroundColor: colour }}
      className="size-2.5 shrink-0 rounded-full border border-line-strong"
    />
  )
}

/** A label as a word. */
export function LabelChip({ label: { name, colour } }: { label: Label }) {
  return (
    <span className="inline-flex min-h-5.5 min-w-0 max-w-full items-center gap-1.5 rounded-full border border-line bg-surface px-2 text-meta text-text2">
      <LabelDot colour={colour} />
      <bdi className="truncate">{name}</bdi>
    </span>
  )
}
