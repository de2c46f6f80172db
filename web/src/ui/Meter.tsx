import { useLingui } from '@lingui/react'
import { useId } from 'react'
import { cn } from './cn'

interface MeterProps {
  name: string
  value: number
  /** Null where there is none. */
  limit: number | null
  /** What stands in place of the limit. */
  free: string
  /** One sentence that explains the figure. */
  note?: string
}

/** From these shares on the bar warns, and says that it is full. */
const [soon, full] = [0.8, 1]

/** How much of a limit is used: the figures as text, and a bar that only repeats them. */
export function Meter({ name, value, limit, free, note }: MeterProps) {
  const { i18n } = useLingui()
  const id = useId()
  const share = limit ? Math.min(1, value / limit) : 0
  const figure =
    limit === null ? `${i18n.number(value)} · ${free}` : `${i18n.number(value)} / ${i18n.number(limit)}`
  return (
    <div>
      <p className="flex items-baseline justify-between gap-3">
        <span id={id} className="text-meta text-text3">
          {name}
        </span>
        <span className="figures text-second">{figure}</span>
      </p>
      {limit === null ? null : (
        // biome-ignore lint/a11y/useSemanticElements: the platform's meter cannot be given our colours in every browser
        <div
          role="meter"
          aria-labelledby={id}
          aria-valuenow={value}
          aria-valuemin={0}
          aria-valuemax={Math.max(limit, value)}
          aria-valuetext={figure}
          className="mt-1 h-1.5 overflow-clip rounded-full bg-sunken"
        >
          <div
            className={cn(
              'h-full rounded-full bg-ink',
              share >= soon && 'bg-warn-solid',
              share >= full && 'bg-bad-solid',
            )}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
      {note ? <p className="mt-1 text-meta text-text3">{note}</p> : null}
    </div>
  )
}
