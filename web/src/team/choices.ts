import type { Agent, TeamRouting } from '../api/desk'
import type { Conversation, Person } from '../api/types'
import { noTeam, type Target } from './calls'
import { takesNothing } from './load'

/** One line of the picker. `away` and `closed` are said, and keep nobody from choosing it. */
export type Choice = { id: string; label: string } & (
  | { kind: 'claim' | 'takeOver' | 'release' }
  | { kind: 'person'; target: Target; away: boolean }
  | { kind: 'team'; target: Target; routing: TeamRouting | null }
)

interface Known {
  conversation: Pick<Conversation, 'state' | 'assignee' | 'team'>
  me: string
  people: readonly Person[]
  agents: readonly Agent[]
  teams: readonly TeamRouting[]
  /** What the actions are called. */
  words: { claim: string; takeOver: string; release: string; noTeam: string }
  /** Whether whoever asks may hand over what somebody else has. */
  mayForce: boolean
}

/** Where a conversation can go from where it is: oneself first, then people, then teams. */
export function choicesOf({ conversation, me, people, agents, teams, words, mayForce }: Known): Choice[] {
  const { state, assignee, team } = conversation
  const has = state === 'assigned' ? assignee?.person_id : undefined
  const own: Choice[] = []
  if (has === undefined) own.push({ id: 'claim', kind: 'claim', label: words.claim })
  else if (has !== me) own.push({ id: 'takeOver', kind: 'takeOver', label: words.takeOver })
  if (state !== 'waiting') own.push({ id: 'release', kind: 'release', label: words.release })
  if (has !== undefined && has !== me && !mayForce) return own

  const away = new Set(agents.filter(({ available }) => !available).map(({ person }) => person.person_id))
  const others = people.filter(
    ({ person_id, role }) => person_id !== me && person_id !== has && !takesNothing(role),
  )
  const elsewhere = teams.filter((one) => state !== 'waiting' || one.team !== team)
  return [
    ...own,
    ...others.map(
      ({ person_id, name }): Choice => ({
        id: person_id,
        kind: 'person',
        label: name,
        target: { person_id },
        away: away.has(person_id),
      }),
    ),
    ...elsewhere.map(
      (routing): Choice => ({
        id: routing.team_id,
        kind: 'team',
        label: routing.name,
        target: { team: routing.team_id },
        routing,
      }),
    ),
    ...(team === null
      ? []
      : [
          {
            id: noTeam,
            kind: 'team',
            label: words.noTeam,
            target: { team: noTeam },
            routing: null,
          } satisfies Choice,
        ]),
  ]
}
