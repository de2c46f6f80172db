import type { Conversation, Narrowing } from '../../api/types'

/** The names by which the address keeps what a list is narrowed by. */
export const narrowed = ['label', 'team', 'number', 'assignee', 'unread'] as const

/** Reads it from the address; what is not there or makes no sense is left out. */
export function readNarrowing(search: Record<string, unknown>): Narrowing {
  const found: Narrowing = search.unread === true ? { unread: true } : {}
  for (const name of ['label', 'team', 'number', 'assignee'] as const) {
    const value = search[name]
    // A number of WhatsApp is all digits, which the address gives back as a number.
    if (typeof value === 'string' || typeof value === 'number') found[name] = String(value)
  }
  return found
}

export const isNarrowed = (narrowing: Narrowing) => Object.values(narrowing).some(Boolean)

/**
 * Whether a conversation stands in a narrowed list, by the server's own rules (internal/store/inbox_list.go), but for
 * one: what was read since it was listed stays until the list is asked for anew, so that no row leaves under a reader.
 */
export function fits(conversation: Conversation, narrowing: Narrowing, listed = false): boolean {
  const { label, team, number, assignee, unread } = narrowing
  return (
    (!label || conversation.labels.some(({ label_id }) => label_id === label)) &&
    (!team || (conversation.team_id ?? 'none') === team) &&
    (!number || conversation.phone_number_id === number) &&
    (!assignee || conversation.assignee?.person_id === assignee) &&
    (!unread || listed || conversation.unread > 0)
  )
}
