import { type Whom, whom } from '../api/calls'
import { ask } from '../api/client'
import type { Agent, Overview, RoutingRules, TeamRouting } from '../api/desk'
import type { Conversation, ConversationPage, Page, Tab } from '../api/types'

/** Who may be given conversations, and who has how many: asked for by what is fetched after the inbox. */

export const getOverview = () => ask<Overview>('queue/overview')

export const getAgents = () => ask<Page<Agent>>('agents').then((page) => page.data)
/** Oneself, or as somebody who leads: whether a person takes new conversations, and how many at once. */
export const setAgent = (person: string, change: Partial<Pick<Agent, 'available'> & { capacity: number }>) =>
  ask<Agent>(`agents/${encodeURIComponent(person)}`, { method: 'PUT', body: change })

export const getRouting = () => ask<Page<TeamRouting>>('routing').then((page) => page.data)
export const putRouting = (team: string, rules: RoutingRules) =>
  ask<TeamRouting>(`routing/${encodeURIComponent(team)}`, { method: 'PUT', body: rules })

/** Where a conversation can be handed: to a person, who has it then, or into a team's queue. */
export type Target = { person_id: string } | { team: string }

/** The queue of whoever is in no team. */
export const noTeam = 'none'

/** Throws a Refusal `already_assigned` when somebody else has it, unless `force` is set. */
export function handOver(conversation: Conversation, target: Target, force: boolean): Promise<Conversation> {
  const { contact_id, phone_number_id }: Whom = whom(conversation)
  return ask(`queue/${encodeURIComponent(contact_id)}/transfer`, {
    method: 'POST',
    query: { phone_number_id },
    body: { ...target, force },
  })
}

/** Back into the queue it came from, for whoever takes it first. */
export const release = ({ contact, phone_number_id }: Conversation) =>
  ask<Conversation>(`queue/${encodeURIComponent(contact.contact_id)}/release`, {
    method: 'POST',
    query: { phone_number_id },
  })

/** What one person has, in one list. */
const heldBy = (assignee: string, tab: Tab, cursor?: string) =>
  ask<ConversationPage>('conversations', { query: { tab, assignee, cursor, limit: 100 } })

/** The ids of everything somebody has that is not closed. */
export async function allHeldBy(assignee: string, withSnoozed: boolean): Promise<string[]> {
  const ids: string[] = []
  for (const tab of withSnoozed ? (['all', 'later'] as const) : (['all'] as const)) {
    let cursor: string | undefined
    do {
      const page = await heldBy(assignee, tab, cursor)
      ids.push(...page.data.map(({ conversation_id }) => conversation_id))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
  }
  return ids
}

/** What became of one of many. */
export interface BulkResult {
  conversation_id: string
  ok: boolean
  code: string | null
}

/** The server takes so many at once. */
export const mostAtOnce = 100

/** Hands over up to a hundred, each by itself. */
export const handOverMany = (conversation_ids: readonly string[], target: Target) =>
  ask<{ results: BulkResult[] }>('conversations/bulk', {
    method: 'POST',
    body: { conversation_ids, do: 'transfer', force: true, ...target },
  }).then(({ results }) => results)
