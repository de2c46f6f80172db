import type { Note } from '../../api/desk'
import type { Conversation, Fact, Message, Narrowing, Status, Tab } from '../../api/types'
import { fits } from '../list/narrowing'
import type { ConversationPages, HistoryPage, HistoryPages } from './queries'

/** Whether a conversation stands in a list, by the server's own rules (internal/inbox/read.go). */
export function belongs({ state, assignee, snooze }: Conversation, tab: Tab, me: string): boolean {
  if (snooze && tab !== 'closed') return tab === 'later'
  switch (tab) {
    case 'later':
      return false
    case 'mine':
      return state === 'assigned' && assignee?.person_id === me
    case 'unassigned':
      return state === 'waiting'
    case 'all':
      return state !== 'closed'
    case 'closed':
      return state === 'closed'
  }
}

/** Newest first; of two at the same moment the one with the higher id. */
function before(a: Conversation, b: Conversation): boolean {
  if (a.last_at !== b.last_at) return a.last_at > b.last_at
  return a.conversation_id > b.conversation_id
}

/**
 * A list in which one conversation has changed: out of its old place, into its new one if it still belongs. What
 * would come after the last loaded row of a list that goes on stays away; its page will bring it.
 */
export function placeConversation(
  pages: ConversationPages,
  conversation: Conversation,
  tab: Tab,
  me: string,
  narrowing: Narrowing = {},
): ConversationPages {
  const id = conversation.conversation_id
  const listed = pages.pages.some((page) => page.data.some((row) => row.conversation_id === id))
  const without = pages.pages.map((page) => ({
    ...page,
    data: page.data.filter((row) => row.conversation_id !== id),
  }))
  if (!belongs(conversation, tab, me) || !fits(conversation, narrowing, listed))
    return { ...pages, pages: without }

  for (const page of without) {
    const place = page.data.findIndex((row) => before(conversation, row))
    if (place < 0) continue
    page.data.splice(place, 0, conversation)
    return { ...pages, pages: without }
  }
  const last = without.at(-1)
  if (last && last.next_cursor === null) last.data.push(conversation)
  return { ...pages, pages: without }
}

/** A history with one message added or renewed; its pages run from new to old. */
export function placeMessage(history: HistoryPages, message: Message): HistoryPages {
  const id = message.message_id
  let known = false
  const pages = history.pages.map((page) => {
    const place = page.data.findIndex((row) => row.message_id === id)
    if (place < 0) return page
    known = true
    return { ...page, data: page.data.with(place, message) }
  })
  if (known) return { ...history, pages }

  for (const [number, page] of pages.entries()) {
    const place = page.data.findIndex((row) => row.message_id < id)
    if (place < 0) continue
    // Newer than what is loaded of a part in the middle: it comes when somebody reads on to it.
    if (number === 0 && place === 0 && page.previous_cursor) return history
    return {
      ...history,
      pages: pages.with(number, { ...page, data: page.data.toSpliced(place, 0, message) }),
    }
  }
  const last = pages.at(-1)
  if (!last || last.next_cursor !== null) return history
  return { ...history, pages: pages.with(-1, { ...last, data: [...last.data, message] }) }
}

/** What stands in the order of arrival, messages and notes alike: the id without its kind. */
export const order = (id: string): string => id.slice(id.indexOf('_') + 1)

/** A history with one note added or renewed. */
export function placeNote(history: HistoryPages, note: Note): HistoryPages {
  const id = note.note_id
  let known = false
  const pages = history.pages.map((page) => {
    const place = page.notes?.findIndex((one) => one.note_id === id) ?? -1
    if (place < 0 || !page.notes) return page
    known = true
    return { ...page, notes: page.notes.with(place, note) }
  })
  if (known) return { ...history, pages }

  const ofPage = ({ data, notes = [] }: HistoryPage) => [
    ...data.map(({ message_id }) => order(message_id)),
    ...notes.map(({ note_id }) => order(note_id)),
  ]
  for (const [number, page] of pages.entries()) {
    const ids = ofPage(page)
    const last = number === pages.length - 1
    if (!(last && page.next_cursor === null) && !ids.some((one) => one < order(id))) continue
    if (number === 0 && page.previous_cursor && !ids.some((one) => one > order(id))) return history
    const notes = [...(page.notes ?? []), note].toSorted((a, b) =>
      order(a.note_id) < order(b.note_id) ? 1 : -1,
    )
    return { ...history, pages: pages.with(number, { ...page, notes }) }
  }
  return history
}

/** A history without a note that was taken away. */
export function dropNote(history: HistoryPages, id: string): HistoryPages {
  return {
    ...history,
    pages: history.pages.map((page) =>
      page.notes?.some((one) => one.note_id === id)
        ? { ...page, notes: page.notes.filter((one) => one.note_id !== id) }
        : page,
    ),
  }
}

const times: Partial<Record<Status, 'sent_at' | 'delivered_at' | 'read_at' | 'played_at'>> = {
  sent: 'sent_at',
  delivered: 'delivered_at',
  read: 'read_at',
  played: 'played_at',
}

/**
 * A message after a status that says everything by itself, or null when the message must be asked for: a
 * failure has its reason, and the first status brings WhatsApp's id.
 */
export function withStatus(message: Message, fact: Fact): Message | null {
  const status = fact.detail as Status
  const time = times[status]
  if (!time || message.wamid === null) return null
  return { ...message, status, [time]: message[time] ?? fact.at }
}

/** Finds a message by our id or by WhatsApp's. */
export function findMessage(history: HistoryPages, id: string): Message | undefined {
  for (const page of history.pages) {
    const found = page.data.find((row) => row.message_id === id || row.wamid === id)
    if (found) return found
  }
}
