const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** How long somebody waits, in the pieces that a reader wants: seconds only within the first hour. */
export type Waited =
  | { form: 'clock'; seconds: number }
  | { form: 'hours'; hours: number; minutes: number }
  | { form: 'days'; days: number; hours: number }

/** From the moment they wrote until now, never less than nothing. */
export function waited(since: Date, now: number): Waited {
  const seconds = Math.max(0, Math.floor((now - since.getTime()) / 1000))
  if (seconds < hour) return { form: 'clock', seconds }
  if (seconds < day) {
    return {
      form: 'hours',
      hours: Math.floor(seconds / hour),
      minutes: Math.floor((seconds % hour) / minute),
    }
  }
  return { form: 'days', days: Math.floor(seconds / day), hours: Math.floor((seconds % day) / hour) }
}
