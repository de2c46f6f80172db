import { expect, test } from 'vitest'
import type { AgentLoad, TeamRouting } from '../api/desk'
import { fullness, limitOf, sortPeople } from './load'

function agent(name: string, change: Partial<AgentLoad> = {}): AgentLoad {
  return {
    person: { person_id: `per_${name.toLowerCase()}`, name },
    role: 'agent',
    state: 'active',
    available: true,
    changed_at: null,
    open: 0,
    snoozed: 0,
    unread: 0,
    capacity: null,
    teams: [],
    ...change,
  }
}

const team = (slug: string, mode: TeamRouting['mode'], capacity: number) => ({ team: slug, mode, capacity })

test.each<[string, Pick<AgentLoad, 'capacity' | 'teams'>, ReturnType<typeof team>[], number | null]>([
  [
    'nothing is handed out to who is in no team',
    { capacity: null, teams: [] },
    [team('a', 'round_robin', 4)],
    null,
  ],
  ['a team by hand sets no limit', { capacity: null, teams: ['a'] }, [team('a', 'manual', 4)], null],
  ['the team sets it', { capacity: null, teams: ['a'] }, [team('a', 'least_busy', 4)], 4],
  [
    'of two teams the larger one',
    { capacity: null, teams: ['a', 'b'] },
    [team('a', 'round_robin', 4), team('b', 'round_robin', 9)],
    9,
  ],
  ['one’s own goes first', { capacity: 2, teams: ['a'] }, [team('a', 'round_robin', 9)], 2],
])('the limit: %s', (_, who, teams, want) => {
  expect(limitOf(who, teams)).toBe(want)
})

test.each<[number, number, ReturnType<typeof fullness>]>([
  [0, 10, { share: 0, is: 'free' }],
  [7, 10, { share: 0.7, is: 'free' }],
  [9, 10, { share: 0.9, is: 'free' }],
  [0, 0, { share: 1, is: 'full' }],
  [10, 10, { share: 1, is: 'full' }],
  [14, 10, { share: 1, is: 'full' }],
])('%i of %i', (open, limit, want) => {
  expect(fullness(open, limit)).toEqual(want)
})

test('people stand by name; closed accounts and those who take nothing only as long as they hold something', () => {
  const agents = [
    agent('Zoë', { open: 1 }),
    agent('Émile'),
    agent('Ana'),
    agent('Olga', { role: 'auditor' }),
    agent('Mia', { role: 'marketer' }),
    agent('Otto', { role: 'auditor', snoozed: 1 }),
    agent('Gone', { open: 2, state: 'deactivated' }),
    agent('Left', { state: 'deactivated' }),
  ]
  const { people, gone } = sortPeople(agents, 'en')
  expect(people.map(({ person }) => person.name)).toEqual(['Ana', 'Émile', 'Otto', 'Zoë'])
  expect(gone.map(({ person }) => person.name)).toEqual(['Gone'])
})
