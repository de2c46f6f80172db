/** The time zones of one part of the world, as a list of choices has them. */
export interface Region {
  name: string
  zones: readonly string[]
}

/**
 * Every time zone the browser knows, by its part of the world, and the one that is set, whatever it is. UTC and
 * what has no part of the world stand first, under no name.
 */
export function regionsOf(known: readonly string[], set: string): Region[] {
  const regions = new Map<string, string[]>([['', ['UTC']]])
  for (const zone of new Set([...known, set])) {
    if (zone === 'UTC' || zone === '') continue
    const cut = zone.indexOf('/')
    const name = cut < 0 ? '' : zone.slice(0, cut)
    const zones = regions.get(name) ?? []
    zones.push(zone)
    regions.set(name, zones)
  }
  return [...regions].map(([name, zones]) => ({ name, zones: zones.toSorted() }))
}

/** "Ho Chi Minh" of "Asia/Ho_Chi_Minh". */
export const placeOf = (zone: string): string => zone.slice(zone.indexOf('/') + 1).replaceAll('_', ' ')

/** What the clocks of a zone show; empty when the browser does not know it. */
export function timeIn(zone: string, at: Date, language: string): string {
  try {
    return new Intl.DateTimeFormat(language, {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(at)
  } catch {
    return ''
  }
}
