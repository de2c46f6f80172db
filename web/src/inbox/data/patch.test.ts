import { expect, test } from 'vitest'
import type { Conversation, Fact, Message } from '../../api/types'
import { aConversation, aMessage } from '../../test/fixtures'
import { belongs, placeConversation, placeMessage, withStatus } from './patch'
import type { ConversationPages, HistoryPages } from './queries'

const row = (id: string, last_at: string, change: Partial<Conversation> = {}) =>
  aConversation({ conversation_id: id, last_at: `2026-11-20T${last_at}:00.000Z`, ...change })

function list(...pages: Conversation[][]): ConversationPages {
  return {
    pageParams: pages.map(() => undefined),
    pages: pages.map((data, place) => ({
      data,
      next_cursor: place < pages.length - 1 ? 'more' : null,
      counts: { mine: 0, unassigned: 0, all: 0, closed: 0, later: 0, unread: 0 },
    })),
  }
}

const ids = (pages: ConversationPages) =>
  pages.pages.map((page) => page.data.map((one) => one.conversation_id))

test('a conversation stands in the lists of its state', () => {
  const mine = aConversation()
  expect(belongs(mine, 'mine', 'per_ana')).toBe(true)
  expect(belongs(mine, 'mine', 'per_ben')).toBe(false)
  expect(belongs(aConversation({ state: 'waiting', assignee: null }), 'unassigned', 'per_ana')).toBe(true)
  expect(belongs(aConversation({ state: 'closed', assignee: null }), 'all', 'per_ana')).toBe(false)
})

test('a new message moves its conversation to the top, over pages', () => {
  const before = list([row('a', '09:00'), row('b', '08:00')], [row('c', '07:00')])
  expect(ids(placeConversation(before, row('c', '09:30'), 'all', 'per_ana'))).toEqual([['c', 'a', 'b'], []])
  expect(ids(before)).toEqual([['a', 'b'], ['c']])
})

test('it leaves a list to which it no longer belongs', () => {
  const closed = row('a', '09:00', { state: 'closed', assignee: null })
  expect(
    ids(placeConversation(list([row('a', '09:00'), row('b', '08:00')]), closed, 'all', 'per_ana')),
  ).toEqual([['b']])
})

test('what would come after the last loaded row waits for its page, or closes a complete list', () => {
  const open = list([row('a', '09:00')], [row('b', '08:00')])
  const part = { ...open, pages: open.pages.slice(0, 1) }
  expect(ids(placeConversation(part, row('z', '01:00'), 'all', 'per_ana'))).toEqual([['a']])
  expect(ids(placeConversation(open, row('z', '01:00'), 'all', 'per_ana'))).toEqual([['a'], ['b', 'z']])
})

function history(...pages: Message[][]): HistoryPages {
  return {
    pageParams: pages.map(() => undefined),
    pages: pages.map((data, place) => ({ data, next_cursor: place < pages.length - 1 ? 'more' : null })),
  }
}

test('a message goes to its place in the order of arrival, once', () => {
  const [first, second, third] = [aMessage(), aMessage(), aMessage()]
  const shown = (pages: HistoryPages) => pages.pages.flatMap((page) => page.data)
  const with3 = placeMessage(history([second], [first]), third)
  expect(shown(with3)).toEqual([third, second, first])
  expect(shown(placeMessage(with3, third))).toEqual([third, second, first])
  expect(shown(placeMessage(history([third], [first]), second))).toEqual([third, second, first])
  const edited = { ...second, edited_at: '2026-11-20T09:05:00.000Z' }
  expect(shown(placeMessage(with3, edited))[1]).toBe(edited)
})

const status = (detail: string): Fact => ({
  kind: 'message.status',
  detail,
  at: '2026-11-20T09:06:00.000Z',
  actor_id: null,
  contact_id: null,
  conversation_id: null,
  message_id: null,
  number_id: null,
})

test('a status is written in when it says everything by itself', () => {
  const sent = aMessage({ direction: 'outbound', status: 'sent' })
  expect(withStatus(sent, status('read'))).toMatchObject({
    status: 'read',
    read_at: '2026-11-20T09:06:00.000Z',
  })
  expect(withStatus(sent, status('failed'))).toBeNull()
  expect(withStatus({ ...sent, wamid: null }, status('sent'))).toBeNull()
})
