/** The moments at which a conversation can come back, in the time of this machine. */
export interface Moments {
  hour: Date
  evening: Date | null
  tomorrow: Date
  monday: Date
}

const at = (day: Date, days: number, hour: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour)

/** In an hour, this evening at six while that is ahead, tomorrow at nine, next Monday at nine. */
export function momentsFrom(now: Date): Moments {
  const evening = at(now, 0, 18)
  const toMonday = (8 - now.getDay()) % 7 || 7
  return {
    hour: new Date(now.getTime() + 3_600_000),
    evening: evening.getTime() - now.getTime() > 3_600_000 ? evening : null,
    tomorrow: at(now, 1, 9),
    monday: at(now, toMonday, 9),
  }
}

/** A day as a date field writes it, "2026-11-21", in the time of this machine. */
export function dayText(day: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** A moment as a field for day and time writes it: "2026-11-21T09:30". */
export function momentText(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${dayText(moment)}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}
