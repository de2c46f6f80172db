import { expect, test } from 'vitest'
import type { Agent, TeamRouting } from '../api/desk'
import type { Conversation, Person } from '../api/types'
import { choicesOf } from './choices'

const words = { claim: 'Claim', takeOver: 'Take over', release: 'Release', noTeam: 'No team' }
const people = [
  { person_id: 'per_ana', name: 'Ana', role: 'agent' },
  { person_id: 'per_ben', name: 'Ben', role: 'agent' },
  { person_id: 'per_eva', name: 'Eva', role: 'supervisor' },
  { person_id: 'per_aud', name: 'Aud', role: 'auditor' },
] satisfies Person[]
const agents: Agent[] = [
  {
    person: { person_id: 'per_eva', name: 'Eva' },
    role: 'supervisor',
    available: false,
    changed_at: null,
    capacity: null,
  },
]
const teams = ['repairs', 'sales'].map(
  (team): TeamRouting => ({
    team_id: `tea_${team}`,
    team,
    name: team,
    mode: 'manual',
    capacity: 10,
    time_zone: 'UTC',
    hours: [],
    closed_days: [],
    numbers: [],
    open_now: true,
    opens_at: null,
  }),
)

function ids(conversation: Pick<Conversation, 'state' | 'assignee' | 'team'>, mayForce = false) {
  const all = choicesOf({ conversation, me: 'per_ana', people, agents, teams, words, mayForce })
  return all.map(({ id }) => id)
}

const ana = { person_id: 'per_ana', name: 'Ana' }
const ben = { person_id: 'per_ben', name: 'Ben' }

test('what waits can be claimed, or go to anybody and to the other teams', () => {
  expect(ids({ state: 'waiting', assignee: null, team: 'sales' })).toEqual([
    'claim',
    'per_ben',
    'per_eva',
    'tea_repairs',
    'none',
  ])
})

test('what is mine can be released, or go to anybody and any team, its own one too', () => {
  expect(ids({ state: 'assigned', assignee: ana, team: null })).toEqual([
    'release',
    'per_ben',
    'per_eva',
    'tea_repairs',
    'tea_sales',
  ])
})

test('what another one has can only be taken over, but by those who lead', () => {
  expect(ids({ state: 'assigned', assignee: ben, team: null })).toEqual(['takeOver', 'release'])
  expect(ids({ state: 'assigned', assignee: ben, team: null }, true)).toEqual([
    'takeOver',
    'release',
    'per_eva',
    'tea_repairs',
    'tea_sales',
  ])
})

test('who is away is said, and can be chosen', () => {
  const all = choicesOf({
    conversation: { state: 'waiting', assignee: null, team: null },
    me: 'per_ana',
    people,
    agents,
    teams,
    words,
    mayForce: false,
  })
  expect(all.flatMap((choice) => (choice.kind === 'person' && choice.away ? [choice.label] : []))).toEqual([
    'Eva',
  ])
})
