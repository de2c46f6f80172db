import { useLingui } from '@lingui/react'
import { useMemo } from 'react'

/** Dates, times and numbers as the reader's language writes them (CLDR, by Intl). */
export interface Format {
  /** 09:14 */
  time(at: Date): string
  /** In a list: the time today, the weekday within a week, else the date. */
  short(at: Date, now: Date): string
  /** Over a day's messages: Friday, 20 November; the year when it is another one. */
  day(at: Date, now: Date): string
  /** Fri */
  weekday(at: Date): string
  /** 20 November */
  date(at: Date): string
  /** 20 Nov 2026, 09:14 */
  moment(at: Date): string
  /** 09:14 of today, "yesterday, 09:14", else 18 Nov, 09:14. */
  recent(at: Date, now: Date): string
  /** 3 minutes ago */
  ago(at: Date, now: Date): string
  /** 0:14, 1:02:03 */
  duration(seconds: number): string
  number(value: number): string
  percent(share: number): string
  money(value: number, currency: string): string
  /** 84 kB */
  bytes(size: number): string
}

/** Intl's objects are slow to make, so each language has one set. */
const made = new Map<string, Format>()

export function formatFor(language: string): Format {
  const known = made.get(language)
  if (known) return known
  const fresh = makeFormat(language)
  made.set(language, fresh)
  return fresh
}

/** The formats of the language in use. */
export function useFormat(): Format {
  const { i18n } = useLingui()
  return useMemo(() => formatFor(i18n.locale), [i18n.locale])
}

const dayLength = 86_400_000

function makeFormat(language: string): Format {
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short' })
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
  const dateLong = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long' })
  const dateYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' })
  const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
  const dayYear = new Intl.DateTimeFormat(language, { dateStyle: 'full' })
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const twoDigits = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 })

  return {
    time: (at) => time.format(at),
    short(at, now) {
      if (sameDay(at, now)) return time.format(at)
      const days = (startOfDay(now) - startOfDay(at)) / dayLength
      if (days > 0 && days < 7) return weekday.format(at)
      return at.getFullYear() === now.getFullYear() ? date.format(at) : dateYear.format(at)
    },
    day: (at, now) => (at.getFullYear() === now.getFullYear() ? day : dayYear).format(at),
    weekday: (at) => weekday.format(at),
    date: (at) => dateLong.format(at),
    moment: (at) => moment.format(at),
    recent(at, now) {
      const days = (startOfDay(now) - startOfDay(at)) / dayLength
      if (days === 0) return time.format(at)
      const which = Math.abs(days) === 1 ? relative.format(-days, 'day') : date.format(at)
      return `${which}, ${time.format(at)}`
    },
    ago(at, now) {
      const seconds = Math.round((at.getTime() - now.getTime()) / 1000)
      for (const [unit, size] of units) {
        if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
      }
      return relative.format(seconds, 'second')
    },
    duration(seconds) {
      const whole = Math.round(seconds)
      const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
      return h > 0
        ? `${number.format(h)}:${twoDigits.format(m)}:${twoDigits.format(s)}`
        : `${number.format(m)}:${twoDigits.format(s)}`
    },
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    money: (value, currency) =>
      new Intl.NumberFormat(language, { style: 'currency', currency }).format(value),
    bytes(size) {
      const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
      const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3))
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: steps[step],
        maximumFractionDigits: step > 1 ? 1 : 0,
      })
        .format(size / 1000 ** step)
        .replace(' ', '\u00a0')
    },
  }
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

function startOfDay(at: Date): number {
  // Counted in UTC from the local date, so that a day with 23 or 25 hours is still one day.
  return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())
}

function sameDay(a: Date, b: Date): boolean {
  return startOfDay(a) === startOfDay(b)
}
