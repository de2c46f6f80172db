import { type Whom, whom } from './calls'
import { ask } from './client'
import type {
  Automation,
  Draft,
  Label,
  Mention,
  Note,
  Presence,
  QuickReply,
  TimelineEntry,
  TimelinePage,
} from './desk'
import type { Conversation, Page } from './types'

/** Where a part of a history begins: after a cursor, around a message or note, or at a moment. */
export interface Place {
  cursor?: string
  around?: string
  at?: string
}

const of = ({ contact_id }: Whom) => `conversations/${encodeURIComponent(contact_id)}`
const number = ({ phone_number_id }: Whom) => ({ phone_number_id })

/** Messages and notes, newest first; the first page is short, so that it is there at once. */
export function getTimeline(to: Whom, place: Place = {}): Promise<TimelinePage> {
  const limit = place.cursor ? 100 : 50
  return ask(`${of(to)}/timeline`, { query: { order: 'desc', limit, ...number(to), ...place } })
}

/** The first message or note of a moment or later; undefined when nothing was said since. */
export async function firstSince(to: Whom, at: string): Promise<TimelineEntry | undefined> {
  const page: TimelinePage = await ask(`${of(to)}/timeline`, {
    query: { order: 'asc', limit: 1, at, ...number(to) },
  })
  return page.data[0]
}

export async function getNote(to: Whom, id: string): Promise<Note | undefined> {
  const page: TimelinePage = await ask(`${of(to)}/timeline`, {
    query: { order: 'desc', limit: 1, around: id, ...number(to) },
  })
  return page.data.find((entry) => entry.id === id)?.note ?? undefined
}

export const addNote = (to: Whom, text: string, mentions: readonly string[]) =>
  ask<Note>(`${of(to)}/notes`, { method: 'POST', query: number(to), body: { text, mentions } })

export const changeNote = (id: string, text: string, mentions: readonly string[]) =>
  ask<Note>(`notes/${encodeURIComponent(id)}`, { method: 'PATCH', body: { text, mentions } })

export const removeNote = (id: string) => ask<void>(`notes/${encodeURIComponent(id)}`, { method: 'DELETE' })

export const getMentions = (cursor?: string) =>
  ask<Page<Mention>>('mentions', { query: { cursor, limit: 50 } })
export const getUnseenMentions = () =>
  ask<Page<Mention>>('mentions', { query: { unseen: 'true', limit: 100 } })
export const mentionsSeen = (note_ids: readonly string[]) =>
  ask<void>('mentions/seen', { method: 'POST', body: { note_ids } })

export const getLabels = () => ask<Page<Label>>('labels').then((page) => page.data)
export const addLabel = (name: string, colour: string) =>
  ask<Label>('labels', { method: 'POST', body: { name, colour } })
export const changeLabel = (id: string, change: Partial<Pick<Label, 'name' | 'colour'>>) =>
  ask<Label>(`labels/${encodeURIComponent(id)}`, { method: 'PATCH', body: change })
export const removeLabel = (id: string) => ask<void>(`labels/${encodeURIComponent(id)}`, { method: 'DELETE' })
export const setLabels = (to: Whom, label_ids: readonly string[]) =>
  ask<Conversation>(`${of(to)}/labels`, { method: 'PUT', query: number(to), body: { label_ids } })

export const markUnread = (to: Whom) =>
  ask<Conversation>(`${of(to)}/unread`, { method: 'POST', query: number(to) })

/** Without a moment: until the customer writes. */
export const snooze = (to: Whom, until?: string) =>
  ask<Conversation>(`${of(to)}/snooze`, {
    method: 'POST',
    query: number(to),
    body: until ? { until } : { until_reply: true },
  })
export const wake = (to: Whom) =>
  ask<Conversation>(`${of(to)}/snooze`, { method: 'DELETE', query: number(to) })

export const setAutomation = (to: Whom, body: { state: Automation['state']; minutes?: number }) =>
  ask<Conversation>(`${of(to)}/automation`, { method: 'PUT', query: number(to), body })

export const getQuickReplies = (q: string, conversation?: string) =>
  ask<Page<QuickReply>>('quick-replies', { query: { q, conversation } }).then((page) => page.data)
export const addQuickReply = (body: Pick<QuickReply, 'scope' | 'shortcut' | 'text'> & { team?: string }) =>
  ask<QuickReply>('quick-replies', { method: 'POST', body })
export const changeQuickReply = (id: string, body: Partial<Pick<QuickReply, 'shortcut' | 'text'>>) =>
  ask<QuickReply>(`quick-replies/${encodeURIComponent(id)}`, { method: 'PATCH', body })
export const removeQuickReply = (id: string) =>
  ask<void>(`quick-replies/${encodeURIComponent(id)}`, { method: 'DELETE' })

/** Where there are drafts of whoever asks, without their words. */
export const getDrafts = () =>
  ask<Page<Pick<Draft, 'conversation_id' | 'mode' | 'updated_at'>>>('drafts').then((page) => page.data)
export const getDraft = (to: Whom) => ask<Draft>(`${of(to)}/draft`, { query: number(to) })
/** An empty text takes the draft away. */
export const putDraft = (to: Whom, mode: Draft['mode'], text: string, reply_to?: string) =>
  ask<Draft | undefined>(`${of(to)}/draft`, {
    method: 'PUT',
    query: number(to),
    body: { text, mode, reply_to },
  })

export const bePresent = (conversation: Conversation, state: 'viewing' | 'typing' | 'left') =>
  ask<void>(`${of(whom(conversation))}/presence`, {
    method: 'POST',
    query: number(whom(conversation)),
    body: { state },
  })
export const getPresence = () => ask<Page<Presence>>('presence').then((page) => page.data)
