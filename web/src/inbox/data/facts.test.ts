import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Conversation, Fact, Message } from '../../api/types'
import { aConversation, aMessage } from '../../test/fixtures'
import { readDraft, writeDraft } from './drafts'
import { Facts } from './facts'
import { type ConversationPages, type HistoryPages, keys } from './queries'

const at = '2026-11-20T09:10:00.000Z'

function fact(change: Partial<Fact>): Fact {
  return {
    kind: 'message.received',
    conversation_id: 'cnv_katrin',
    contact_id: 'con_katrin',
    message_id: null,
    number_id: null,
    actor_id: null,
    detail: '',
    at,
    ...change,
  }
}

/** A server that has one conversation, and counts what it is asked for. */
function world(conversation: Conversation, message: Message) {
  const queries = new QueryClient()
  queries.setQueryData<ConversationPages>(keys.list('all'), {
    pageParams: [undefined],
    pages: [
      {
        data: [aConversation()],
        next_cursor: null,
        counts: { mine: 1, unassigned: 0, all: 1, closed: 0, later: 0, unread: 0 },
      },
    ],
  })
  const server = {
    getConversation: vi.fn(async () => conversation),
    getNote: vi.fn(async () => undefined),
    getMessage: vi.fn(async () => message),
  }
  const onReceived = vi.fn()
  const onGiven = vi.fn()
  const facts = new Facts({ queries, me: 'per_ana', server, onReceived, onGiven })
  const list = () => queries.getQueryData<ConversationPages>(keys.list('all'))?.pages[0]?.data ?? []
  const history = () => queries.getQueryData<HistoryPages>(keys.history('cnv_katrin'))?.pages[0]?.data ?? []
  const openHistory = (...data: Message[]) =>
    queries.setQueryData<HistoryPages>(keys.history('cnv_katrin'), {
      pageParams: [undefined],
      pages: [{ data, next_cursor: null }],
    })
  return { queries, server, facts, list, history, openHistory, onReceived, onGiven }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a new message reaches the open thread, its row and the ear', async () => {
  const message = aMessage()
  const { facts, list, history, openHistory, onReceived, server } = world(
    aConversation({ unread: 1, last_message: message, last_at: at }),
    message,
  )
  openHistory()
  facts.take(fact({ message_id: message.message_id }))
  await vi.advanceTimersByTimeAsync(100)
  expect(history()).toEqual([message])
  expect(list()[0]).toMatchObject({ unread: 1, last_message: message })
  expect(onReceived).toHaveBeenCalledTimes(1)
  expect(server.getConversation).toHaveBeenCalledWith('cnv_katrin')
})

test('a closed thread is not asked for, many facts at once are one question', async () => {
  const { facts, server } = world(aConversation(), aMessage())
  for (let n = 0; n < 5; n++) facts.take(fact({ message_id: `msg_${n}` }))
  await vi.advanceTimersByTimeAsync(100)
  expect(server.getMessage).not.toHaveBeenCalled()
  expect(server.getConversation).toHaveBeenCalledTimes(1)
})

test('ticks are written in without a question, a failure is asked for', async () => {
  const sent = aMessage({ direction: 'outbound', status: 'sent' })
  const failed: Message = { ...sent, status: 'failed', errors: [{ code: 131026, title: '', details: '' }] }
  const { facts, history, openHistory, server } = world(aConversation(), failed)
  openHistory(sent)
  facts.take(fact({ kind: 'message.status', detail: 'delivered', message_id: sent.message_id }))
  expect(history()[0]).toMatchObject({ status: 'delivered', delivered_at: at })
  await vi.advanceTimersByTimeAsync(100)
  expect(server.getMessage).not.toHaveBeenCalled()
  facts.take(fact({ kind: 'message.status', detail: 'failed', message_id: sent.message_id }))
  await vi.advanceTimersByTimeAsync(100)
  expect(history()[0]).toEqual(failed)
})

test('a conversation that was closed leaves the list', async () => {
  const { facts, list } = world(aConversation({ state: 'closed', assignee: null }), aMessage())
  facts.take(fact({ kind: 'conversation.closed' }))
  await vi.advanceTimersByTimeAsync(100)
  expect(list()).toEqual([])
})

test('a flood is asked for as lists', async () => {
  const { facts, queries, server } = world(aConversation(), aMessage())
  for (let n = 0; n < 40; n++) facts.take(fact({ conversation_id: `cnv_${n}` }))
  await vi.advanceTimersByTimeAsync(100)
  expect(server.getConversation).not.toHaveBeenCalled()
  expect(queries.getQueryState(keys.list('all'))?.isInvalidated).toBe(true)
})

test('a message that arrives while its thread is being loaded is not lost', async () => {
  const message = aMessage()
  const { facts, queries, history } = world(aConversation(), message)
  let load = (_: { data: Message[]; next_cursor: null }) => {}
  const loading = queries.fetchInfiniteQuery({
    queryKey: keys.history('cnv_katrin'),
    queryFn: () => new Promise<{ data: Message[]; next_cursor: null }>((resolve) => (load = resolve)),
    initialPageParam: undefined as string | undefined,
  })
  facts.take(fact({ message_id: message.message_id }))
  await vi.advanceTimersByTimeAsync(100)
  load({ data: [], next_cursor: null })
  await loading
  await vi.advanceTimersByTimeAsync(100)
  expect(history()).toEqual([message])
})

test('after a new beginning everything may be stale', () => {
  const { facts, queries, openHistory } = world(aConversation(), aMessage())
  openHistory()
  facts.refresh()
  expect(queries.getQueryState(keys.list('all'))?.isInvalidated).toBe(true)
  expect(queries.getQueryState(keys.history('cnv_katrin'))?.isInvalidated).toBe(true)
})

test('what is said makes what was found stale, once the index may have it', async () => {
  const { facts, queries } = world(aConversation(), aMessage())
  const found = [...keys.found, { q: 'bell' }]
  queries.setQueryData(found, { pages: [] })
  facts.take(fact({ kind: 'message.status', detail: 'read' }))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(queries.getQueryState(found)?.isInvalidated).toBe(false)
  facts.take(fact({ message_id: 'msg_2' }))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(queries.getQueryState(found)?.isInvalidated).toBe(false)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(queries.getQueryState(found)?.isInvalidated).toBe(true)
})

test('what this person sent on another machine is no draft here any more', async () => {
  const sent = aMessage({ direction: 'outbound', content: { type: 'text', text: { body: 'Bis morgen' } } })
  const { facts, server } = world(aConversation({ last_message: sent }), sent)
  const accepted = { kind: 'message.accepted', message_id: sent.message_id } as const
  writeDraft('cnv_katrin', 'Bis morgen')
  facts.take(fact({ ...accepted, actor_id: 'per_ben' }))
  facts.take(fact({ kind: 'conversation.labeled', actor_id: 'per_ana' }))
  await vi.advanceTimersByTimeAsync(100)
  expect(readDraft('cnv_katrin'), 'another person has sent the same words').toBe('Bis morgen')
  writeDraft('cnv_katrin', 'Bis morgen, um neun')
  facts.take(fact({ ...accepted, actor_id: 'per_ana' }))
  await vi.advanceTimersByTimeAsync(100)
  expect(readDraft('cnv_katrin'), 'more than was sent').toBe('Bis morgen, um neun')
  writeDraft('cnv_katrin', '')
  facts.take(fact({ ...accepted, actor_id: 'per_ana' }))
  writeDraft('cnv_katrin', 'Bis morgen')
  await vi.advanceTimersByTimeAsync(100)
  expect(readDraft('cnv_katrin'), 'taken back before the fact was worked on').toBe('Bis morgen')
  server.getConversation.mockResolvedValueOnce(
    aConversation({ last_message: { ...sent, status: 'canceled' } }),
  )
  facts.take(fact({ ...accepted, actor_id: 'per_ana' }))
  await vi.advanceTimersByTimeAsync(100)
  expect(readDraft('cnv_katrin'), 'taken back before the fact came').toBe('Bis morgen')
  facts.take(fact({ ...accepted, actor_id: 'per_ana' }))
  await vi.advanceTimersByTimeAsync(100)
  expect(readDraft('cnv_katrin')).toBe('')
})

test('what a rule or a colleague gives to this person is told, once, and nothing else is', async () => {
  const { facts, server, onReceived, onGiven } = world(aConversation({ unread: 1 }), aMessage())
  const assigned = (actor_id: string | null) => fact({ kind: 'conversation.assigned', actor_id })
  async function take(...all: Fact[]) {
    for (const one of all) facts.take(one)
    await vi.advanceTimersByTimeAsync(100)
  }
  await take(assigned('per_ana'))
  expect(onGiven, 'claimed by hand').not.toHaveBeenCalled()
  await take(assigned(null))
  await take(assigned('per_ben'))
  expect(onGiven).toHaveBeenCalledTimes(2)
  await take(fact({ message_id: 'msg_1' }), assigned(null))
  expect(onReceived, 'it comes with a message, which is told').toHaveBeenCalledTimes(1)
  expect(onGiven).toHaveBeenCalledTimes(2)
  server.getConversation.mockResolvedValue(aConversation({ assignee: { person_id: 'per_ben', name: 'Ben' } }))
  await take(assigned(null))
  expect(onGiven, 'it is another one who has it').toHaveBeenCalledTimes(2)
})
