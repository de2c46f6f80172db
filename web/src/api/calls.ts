import { ask } from './client'
import type {
  Accepted,
  BusinessNumber,
  Conversation,
  ConversationPage,
  FoundPage,
  Me,
  Message,
  Narrowing,
  Page,
  Person,
  Tab,
  TemplateDefinition,
  Trouble,
} from './types'

/** Names a conversation to the server: a person, and the business number they write to. */
export interface Whom {
  contact_id: string
  phone_number_id?: string
}

export function whom({ contact, phone_number_id }: Conversation): Whom {
  return { contact_id: contact.contact_id, phone_number_id }
}

export const getMe = () => ask<Me>('me')
export const setLocale = (locale: string) => ask<Me>('me', { method: 'PATCH', body: { locale } })
export const signOut = () => ask<void>('signout', { method: 'POST' })
export const getPeople = () => ask<Page<Person>>('people').then((page) => page.data)
export const getNumbers = () => ask<Page<BusinessNumber>>('numbers').then((page) => page.data)

export function getConversations(
  tab: Tab,
  cursor?: string,
  limit = 50,
  { number, unread, ...narrowing }: Narrowing = {},
): Promise<ConversationPage> {
  return ask('conversations', {
    query: { tab, cursor, limit, phone_number_id: number, unread: unread && 'true', ...narrowing },
  })
}

export const getConversation = (id: string) => ask<Conversation>(`conversations/${encodeURIComponent(id)}`)

export const getMessage = (id: string) => ask<Message>(`messages/${encodeURIComponent(id)}`)

/** Throws a Refusal `already_under_way` when it is too late. */
export const cancelMessage = (id: string) =>
  ask<Message>(`messages/${encodeURIComponent(id)}/cancel`, { method: 'POST' })

/** Nothing is unread any more here, and WhatsApp shows the customer that it was read. */
export const markRead = ({ contact_id, phone_number_id }: Whom) =>
  ask<unknown>(`conversations/${encodeURIComponent(contact_id)}/read`, {
    method: 'POST',
    query: { phone_number_id },
  })

/** Without a person: to whoever asks. Throws a Refusal `already_assigned` unless `force` is set. */
export const assign = (to: Whom, person_id?: string, force?: boolean) =>
  queue(to, 'assign', { person_id, force })

export const release = (to: Whom) => queue(to, 'release')
export const close = (to: Whom) => queue(to, 'close')

function queue(
  { contact_id, phone_number_id }: Whom,
  verb: string,
  body: object = {},
): Promise<Conversation> {
  return ask(`queue/${encodeURIComponent(contact_id)}/${verb}`, {
    method: 'POST',
    query: { phone_number_id },
    body,
  })
}

export async function getTemplates(): Promise<TemplateDefinition[]> {
  const all: TemplateDefinition[] = []
  let cursor: string | undefined
  do {
    const page: Page<TemplateDefinition> = await ask('templates', {
      query: { status: 'APPROVED', limit: 100, cursor },
    })
    all.push(...page.data)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return all
}

/** `kind` is the last part of the path: text, template, buttons, list, image, …, reaction. */
export function send(kind: string, body: object, key: string): Promise<Accepted> {
  return ask(`send/${kind}`, { method: 'POST', body, key })
}

/** Sends a message that is held after all: the customer may get it twice. Throws a Refusal `not_held`. */
export const releaseMessage = (id: string) =>
  ask<Message>(`messages/${encodeURIComponent(id)}/release`, { method: 'POST' })

/** What did not go as it should, newest first. */
export const getTroubled = (status: Trouble, phone_number_id: string, cursor?: string) =>
  ask<Page<Message>>('messages', { query: { status, phone_number_id, cursor, limit: 50 } })

/** Lets a number send again before its pause is over, or after the cause of its stop was put right. */
export const resumeNumber = (id: string) =>
  ask<BusinessNumber>(`numbers/${encodeURIComponent(id)}/resume`, { method: 'POST' })

/** A question to the search; what is empty is left out. */
export interface SearchQuestion {
  q: string
  phone_number_id?: string
  person_id?: string
  from?: string
  to?: string
  has?: string
  label?: string
  direction?: string
  conversation_id?: string
}

export const search = (question: SearchQuestion, cursor?: string, signal?: AbortSignal) =>
  ask<FoundPage>('search', { query: { ...question, limit: 25, cursor }, signal })
