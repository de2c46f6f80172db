import { useLingui } from '@lingui/react'
import { useMemo } from 'react'
import type { Weekday } from '../../api/desk'
import { weekdays } from './week'

/** 2024 began with a Monday. */
const aMonday = Date.UTC(2024, 0, 1)

/** The names of the days in the reader's language. */
export function useDays(): Readonly<Record<Weekday, { long: string; short: string }>> {
  const { i18n } = useLingui()
  return useMemo(() => {
    const name = (style: 'long' | 'short') =>
      new Intl.DateTimeFormat(i18n.locale, { weekday: style, timeZone: 'UTC' })
    const [long, short] = [name('long'), name('short')]
    return Object.fromEntries(
      weekdays.map((day, place) => {
        const at = new Date(aMonday + place * 86_400_000)
        return [day, { long: long.format(at), short: short.format(at) }]
      }),
    ) as Record<Weekday, { long: string; short: string }>
  }, [i18n.locale])
}
