import type { ReactNode } from 'react'
import { cn } from '../../ui/cn'

export interface Suggestion {
  id: string
  label: string
  detail?: string
  icon?: ReactNode
}

interface SuggestionsProps {
  /** The id of the list, which the field names in `aria-controls`; its options are `${id}-0`, `${id}-1`, … */
  id: string
  name: string
  items: readonly Suggestion[]
  chosen: number
  onPick: (place: number) => void
  /** Said when there is nothing to choose. */
  empty: ReactNode
}

/** What a sign in the field offers, above it. The field keeps the focus and the keys. */
export function Suggestions({ id, name, items, chosen, onPick, empty }: SuggestionsProps) {
  return (
    <div className="border-line border-b p-1.5">
      <div id={id} role="listbox" aria-label={name} className="max-h-56 overflow-y-auto">
        {items.map((item, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
          <div
            key={item.id}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            ref={place === chosen ? (element) => element?.scrollIntoView?.({ block: 'nearest' }) : undefined}
            // Before the field loses the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(place)}
            className={cn(
              'flex min-h-8.5 cursor-default items-center gap-2.5 rounded-key px-2.5 py-1 text-second pointer-coarse:min-h-11',
              place === chosen ? 'bg-selected' : 'hover:bg-hover',
            )}
          >
            {item.icon}
            <span className="shrink-0 font-semibold">{item.label}</span>
            {item.detail ? (
              <span dir="auto" className="min-w-0 flex-1 truncate text-text2">
                {item.detail}
              </span>
            ) : null}
          </div>
        ))}
      </div>
      {items.length === 0 ? <p className="px-2.5 py-1.5 text-second text-text2">{empty}</p> : null}
    </div>
  )
}

/** Keys that move through suggestions; whether this one did, or chose. */
export function moveThrough(
  key: string,
  {
    count,
    chosen,
    onChoose,
    onPick,
  }: { count: number; chosen: number; onChoose: (place: number) => void; onPick: (place: number) => void },
): boolean {
  if (count === 0) return false
  switch (key) {
    case 'ArrowDown':
      onChoose((chosen + 1) % count)
      return true
    case 'ArrowUp':
      onChoose((chosen + count - 1) % count)
      return true
    case 'Enter':
    case 'Tab':
      onPick(chosen)
      return true
    default:
      return false
  }
}
