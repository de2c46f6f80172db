import type { RoutingRules, TeamRouting } from '../../api/desk'
import { fromWeek, toWeek, type Week, weekdays, wrongWith } from './week'

/** The rules of a team while somebody edits them. */
export interface Draft extends Omit<RoutingRules, 'hours' | 'capacity'> {
  /** As it is typed. */
  capacity: string
  /** Null: day and night. */
  week: Week | null
}

export const mostAtOnce = 500

export function toDraft({ mode, capacity, time_zone, hours, closed_days, numbers }: TeamRouting): Draft {
  return {
    mode,
    capacity: String(capacity),
    time_zone,
    week: hours.length === 0 ? null : toWeek(hours),
    closed_days,
    numbers,
  }
}

export type Wrong = 'capacity' | 'noHours' | 'hours'

/** What keeps a draft from being saved, the first of it. */
export function wrongIn({ capacity, week }: Draft): Wrong | undefined {
  const count = Number(capacity)
  if (!/^\d+$/.test(capacity.trim()) || count < 1 || count > mostAtOnce) return 'capacity'
  if (!week) return undefined
  if (weekdays.some((day) => wrongWith(week[day]))) return 'hours'
  return weekdays.every((day) => week[day].length === 0) ? 'noHours' : undefined
}

export function toRules({ capacity, week, ...rest }: Draft): RoutingRules {
  return { ...rest, capacity: Number(capacity), hours: week ? fromWeek(week) : [] }
}
