import { useLingui } from '@lingui/react/macro'
import { useFormat } from '../../i18n/format'

const dayLength = 86_400_000

/** "Today, 20 November", "Wednesday, 18 November". */
export function useDayWords(): (at: Date, now: Date) => string {
  const { t, i18n } = useLingui()
  const format = useFormat()
  return (at, now) => {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / dayLength)
    const date = format.date(at)
    if (days === 0) return t`Today, ${date}`
    if (days === 1) return t`Yesterday, ${date}`
    // Some languages write weekdays small; at the head of a line they stand large.
    const day = format.day(at, now)
    return day.charAt(0).toLocaleUpperCase(i18n.locale) + day.slice(1)
  }
}

function startOfDay(at: Date): number {
  return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())
}
