import { ask } from '../api/client'
import type { Conversation } from '../api/types'

/** What is done with many conversations at once, as POST conversations/bulk takes it. */
export type BulkDo =
  | { do: 'close' | 'release' | 'wake' | 'read' | 'unread' }
  | { do: 'assign'; person_id: string; force?: boolean }
  | { do: 'transfer'; team: string; force?: boolean }
  | { do: 'snooze'; until: string }
  | { do: 'snooze'; until_reply: true }
  | { do: 'label'; add?: string[]; remove?: string[] }

export interface BulkCall {
  ids: string[]
  body: BulkDo
}

/** What became of one conversation. */
export interface BulkResult {
  conversation_id: string
  ok: boolean
  code: string | null
  detail: string | null
}

/** So many go in one call, so that the progress moves and it can be stopped. */
export const atOnce = 20

export const bulk = ({ ids, body }: BulkCall): Promise<BulkResult[]> =>
  ask<{ results: BulkResult[] }>('conversations/bulk', {
    method: 'POST',
    body: { conversation_ids: ids, ...body },
  }).then(({ results }) => results)

/** The same in calls of at most so many. */
export function parts({ ids, body }: BulkCall, size = atOnce): BulkCall[] {
  const all: BulkCall[] = []
  for (let from = 0; from < ids.length; from += size) all.push({ ids: ids.slice(from, from + size), body })
  return all
}

/**
 * What brings conversations back to how they were before something was done with them; in this order, since whoever
 * gets one that sleeps wakes it.
 */
export function undoOf(body: BulkDo, before: readonly Conversation[]): BulkCall[] {
  switch (body.do) {
    case 'close':
      return [...backToWhom(before), ...backToSleep(before)]
    case 'assign':
    case 'release':
      return [...backToWhom(before), ...closedAgain(before), ...backToSleep(before)]
    case 'transfer':
      return [...backToTeam(before), ...backToWhom(before), ...closedAgain(before), ...backToSleep(before)]
    case 'snooze': {
      const awake = before.filter(({ snooze }) => !snooze)
      return [...one(awake, { do: 'wake' }), ...backToSleep(before)]
    }
    case 'label': {
      const { add = [], remove = [] } = body
      const has = ({ labels }: Conversation, id: string) => labels.some(({ label_id }) => label_id === id)
      return [
        ...add.flatMap((id) =>
          one(
            before.filter((row) => !has(row, id)),
            { do: 'label', remove: [id] },
          ),
        ),
        ...remove.flatMap((id) =>
          one(
            before.filter((row) => has(row, id)),
            { do: 'label', add: [id] },
          ),
        ),
      ]
    }
    default:
      return []
  }
}

const one = (rows: readonly Conversation[], body: BulkDo): BulkCall[] =>
  rows.length > 0 ? [{ ids: rows.map(({ conversation_id }) => conversation_id), body }] : []

function backToWhom(rows: readonly Conversation[]): BulkCall[] {
  const had = (person: string) => (row: Conversation) =>
    row.state === 'assigned' && row.assignee?.person_id === person
  const people = new Set(
    rows.flatMap(({ state, assignee }) => (state === 'assigned' && assignee ? [assignee.person_id] : [])),
  )
  return [
    ...[...people].flatMap((person_id) =>
      one(rows.filter(had(person_id)), { do: 'assign', person_id, force: true }),
    ),
    ...one(
      rows.filter(({ state }) => state === 'waiting'),
      { do: 'release' },
    ),
  ]
}

function backToTeam(rows: readonly Conversation[]): BulkCall[] {
  const teams = new Set(rows.map(({ team_id }) => team_id))
  return [...teams].flatMap((team) =>
    one(
      rows.filter(({ team_id }) => team_id === team),
      { do: 'transfer', team: team ?? 'none', force: true },
    ),
  )
}

const closedAgain = (rows: readonly Conversation[]): BulkCall[] =>
  one(
    rows.filter(({ state }) => state === 'closed'),
    { do: 'close' },
  )

function backToSleep(rows: readonly Conversation[]): BulkCall[] {
  const asleep = rows.filter(({ snooze, state }) => snooze && state !== 'closed')
  return asleep.flatMap((row) =>
    one(
      [row],
      row.snooze?.until ? { do: 'snooze', until: row.snooze.until } : { do: 'snooze', until_reply: true },
    ),
  )
}
