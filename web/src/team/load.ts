import type { AgentLoad, TeamRouting } from '../api/desk'

/**
 * Up to how many conversations somebody is given: their own number, else the largest of their teams; null where
 * nothing hands out to them.
 */
export function limitOf(
  { capacity, teams }: Pick<AgentLoad, 'capacity' | 'teams'>,
  routing: readonly Pick<TeamRouting, 'team' | 'mode' | 'capacity'>[],
): number | null {
  const handed = routing.filter(({ team, mode }) => mode !== 'manual' && teams.includes(team))
  if (capacity !== null) return capacity
  return handed.length === 0 ? null : Math.max(...handed.map((team) => team.capacity))
}

export type Fullness = 'free' | 'full'

/** How full somebody's hands are, as a part of their limit from 0 to 1, and as a word. */
export function fullness(open: number, limit: number): { share: number; is: Fullness } {
  const share = Math.min(1, limit === 0 ? 1 : open / limit)
  return { share, is: share >= 1 ? 'full' : 'free' }
}

interface Sorted {
  /** Who may be given conversations, by name. */
  people: AgentLoad[]
  /** Whose account is closed, but who still has some. */
  gone: AgentLoad[]
}

/** Whose role lets them answer nobody, or take nothing. */
export const takesNothing = (role: string): boolean => role === 'auditor' || role === 'marketer'

/** Who stands on the page: of those who take nothing, and of those who have left only who still has something. */
export function sortPeople(agents: readonly AgentLoad[], locale: string): Sorted {
  const names = new Intl.Collator(locale)
  const byName = agents.toSorted((a, b) => names.compare(a.person.name, b.person.name))
  const holds = ({ open, snoozed }: AgentLoad) => open + snoozed > 0
  return {
    people: byName.filter((agent) => agent.state === 'active' && (!takesNothing(agent.role) || holds(agent))),
    gone: byName.filter((agent) => agent.state === 'deactivated' && holds(agent)),
  }
}
