export type Urgency = 'calm' | 'soon' | 'last' | 'closed'

export interface TimeLeft {
  hours: number
  minutes: number
  urgency: Urgency
}

/** What is left of a window, in whole minutes: it never promises a minute that has begun to run out. */
export function timeLeft(now: Date, until: Date | null): TimeLeft {
  const total = until ? Math.floor((until.getTime() - now.getTime()) / 60_000) : 0
  if (!until || until <= now) return { hours: 0, minutes: 0, urgency: 'closed' }
  const urgency = total < 30 ? 'last' : total < 120 ? 'soon' : 'calm'
  return { hours: Math.floor(total / 60), minutes: total % 60, urgency }
}
