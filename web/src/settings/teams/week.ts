import type { Hours, Weekday } from '../../api/desk'

/** The days in the order of ISO 8601, as the server writes them. */
export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** A part of a day, "09:00" to "17:30"; "24:00" is its end. */
export interface Span {
  from: string
  to: string
}

/** What each day has; none: closed. */
export type Week = Readonly<Record<Weekday, readonly Span[]>>

export const endOfDay = '24:00'

const usualDay: Span = { from: '09:00', to: '17:00' }

function week(of: (day: Weekday) => readonly Span[]): Week {
  return Object.fromEntries(weekdays.map((day) => [day, of(day)])) as unknown as Week
}

/** What is offered first: Monday to Friday, nine to five. */
export const usualWeek: Week = week((day) => (day === 'sat' || day === 'sun' ? [] : [usualDay]))

export function toWeek(hours: readonly Hours[]): Week {
  return week((day) =>
    hours
      .filter((one) => one.day === day)
      .map(({ from, to }) => ({ from, to }))
      .toSorted((a, b) => minutesOf(a.from) - minutesOf(b.from)),
  )
}

export const fromWeek = (hours: Week): Hours[] =>
  weekdays.flatMap((day) => hours[day].map((span) => ({ day, ...span })))

/** "09:30" as minutes since midnight. */
export function minutesOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return hour * 60 + minute
}

export function clockOf(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** What a select of times offers: every quarter of an hour, and what is set besides. */
export function clocks(first: string, last: string, set: string): string[] {
  const [begin, end] = [minutesOf(first), minutesOf(last)]
  const quarters: string[] = []
  for (let at = begin; at <= end; at += 15) quarters.push(clockOf(at))
  return quarters.includes(set) ? quarters : [...quarters, set].toSorted()
}

/** What is wrong with a day's parts: one ends before it begins, or two lie over each other. */
export function wrongWith(spans: readonly Span[]): 'order' | 'overlap' | undefined {
  if (spans.some(({ from, to }) => minutesOf(from) >= minutesOf(to))) return 'order'
  const sorted = spans.toSorted((a, b) => minutesOf(a.from) - minutesOf(b.from))
  const over = sorted.some((span, place) => {
    const former = sorted[place - 1]
    return former !== undefined && minutesOf(span.from) < minutesOf(former.to)
  })
  return over ? 'overlap' : undefined
}

/** A day with one part more: the usual one, else after a break of an hour; undefined where there is no room. */
export function withOneMore(spans: readonly Span[]): readonly Span[] | undefined {
  const last = spans.at(-1)
  if (!last) return [usualDay]
  const from = minutesOf(last.to) + 60
  if (from >= minutesOf(endOfDay)) return undefined
  return [...spans, { from: clockOf(from), to: clockOf(Math.min(from + 4 * 60, minutesOf(endOfDay))) }]
}

export const sameSpans = (a: readonly Span[], b: readonly Span[]): boolean =>
  a.length === b.length && a.every((span, place) => span.from === b[place]?.from && span.to === b[place]?.to)

/** Monday's hours on all days until Friday. */
export const likeMonday = (hours: Week): Week =>
  week((day) => (['tue', 'wed', 'thu', 'fri'].includes(day) ? hours.mon : hours[day]))
