import { minutesOf, type Span } from './week'

const day = 24 * 60

/** A day as a strip from midnight to midnight, filled where somebody is there; it repeats the hours beside it. */
export function DayStrip({ spans }: { spans: readonly Span[] }) {
  return (
    <svg aria-hidden className="h-1.5 w-full" preserveAspectRatio="none" viewBox={`0 0 ${day} 6`}>
      <rect width={day} height="6" className="fill-sunken" />
      {spans.map(({ from, to }) => (
        <rect
          key={`${from}-${to}`}
          x={minutesOf(from)}
          width={Math.max(0, minutesOf(to) - minutesOf(from))}
          height="6"
          className="fill-ink"
        />
      ))}
      {[6, 12, 18].map((hour) => (
        <rect key={hour} x={hour * 60 - 3} width="6" height="6" className="fill-line-strong" />
      ))}
    </svg>
  )
}
