import { expect, test } from 'vitest'
import { suggestions } from './phones'
import { Store } from './store'
import { withNewcomers } from './usePhones'
import { readCustomer, readLogLine, readMessage } from './wire'
import { after, emptyWorld, logLength, typingKey } from './world'

const message = (json: Record<string, unknown>) =>
  readMessage({ direction: 'outbound', status: 'accepted', type: 'text', text: { body: 'x' }, ...json })

const open = after(emptyWorld, { is: 'chat', phone: '1', messages: [] })

test('statuses only climb, in whatever order they come', () => {
  let world = after(open, { is: 'message', phone: '1', message: message({ id: 'a' }) })
  world = after(world, { is: 'status', phone: '1', id: 'a', status: 'read', problems: [] })
  world = after(world, { is: 'status', phone: '1', id: 'a', status: 'delivered', problems: [] })
  expect(world.chats['1']?.[0]?.status).toBe('read')
  world = after(world, { is: 'message', phone: '1', message: message({ id: 'a', status: 'sent' }) })
  expect(world.chats['1']).toHaveLength(1)
  expect(world.chats['1']?.[0]?.status).toBe('read')
})

test('a reaction of the business counts once it was sent, not when it fails', () => {
  const reaction = (id: string) =>
    message({ id, type: 'reaction', reaction: { message_id: 'a', emoji: '👍' } })
  let world = after(open, { is: 'message', phone: '1', message: message({ id: 'a', direction: 'inbound' }) })
  world = after(world, { is: 'message', phone: '1', message: reaction('r') })
  world = after(world, { is: 'status', phone: '1', id: 'r', status: 'failed', problems: [] })
  expect(world.chats['1']?.[0]?.reactions.theirs).toBe('')
  world = after(world, { is: 'message', phone: '1', message: reaction('s') })
  world = after(world, { is: 'status', phone: '1', id: 's', status: 'sent', problems: [] })
  expect(world.chats['1']?.[0]?.reactions.theirs).toBe('👍')
})

test('a person who is written to for the first time has a newest message at once', () => {
  let world = after(emptyWorld, { is: 'customer', customer: readCustomer({ phone: '1', name: 'Katrin' }) })
  world = after(world, {
    is: 'message',
    phone: '1',
    message: message({ id: 'a', at: '2026-11-20T09:12:00Z' }),
  })
  expect(world.customers['1']?.lastAt?.toISOString()).toBe('2026-11-20T09:12:00.000Z')
})

test('typing ends with the message that follows', () => {
  const key = typingKey('1', '200')
  let world = after(open, { is: 'typing', phone: '1', number: '200', until: 5 })
  expect(world.typing[key]).toBe(5)
  world = after(world, { is: 'message', phone: '1', message: message({ id: 'a', phone_number_id: '200' }) })
  expect(world.typing[key]).toBeUndefined()
})

test('the log is newest first, without doubles, and bounded', () => {
  let world = emptyWorld
  for (const seq of [1, 3, 2, 3]) world = after(world, { is: 'log', line: readLogLine({ seq }) })
  expect(world.log.map((line) => line.seq)).toEqual([3, 2, 1])
  for (let seq = 4; seq < logLength + 10; seq++)
    world = after(world, { is: 'log', line: readLogLine({ seq }) })
  expect(world.log).toHaveLength(logLength)
})

test('what happens while a snapshot is fetched is not lost under it', async () => {
  const store = new Store(open)
  await store.snapshot(async () => {
    store.change({ is: 'message', phone: '1', message: message({ id: 'b' }) })
    return [{ is: 'chat', phone: '1', messages: [message({ id: 'a' })] }]
  })
  expect(store.world().chats['1']?.map((each) => each.id)).toEqual(['a', 'b'])
})

test('of two chats that are fetched at once, the one that comes first stays', async () => {
  const store = new Store()
  let arrive = () => {}
  const slow = new Promise<void>((resolve) => {
    arrive = resolve
  })
  store.change({ is: 'chat', phone: '1', messages: [] })
  const first = store.snapshot(async () => {
    await slow
    return [{ is: 'chat', phone: '1', messages: [message({ id: 'a' })] }]
  })
  store.change({ is: 'chat', phone: '2', messages: [] })
  await store.snapshot(async () => [{ is: 'chat', phone: '2', messages: [message({ id: 'b' })] }])
  arrive()
  await first
  expect(store.world().chats['1']?.map((each) => each.id)).toEqual(['a'])
  expect(store.world().chats['2']?.map((each) => each.id)).toEqual(['b'])
})

test('phones come by themselves up to three, and one is offered when there is nobody', () => {
  const at = (minute: number) => new Date(2026, 10, 20, 9, minute)
  const many = [1, 2, 3, 4].map((each) => ({ phone: String(each), lastAt: at(each) }))
  expect(withNewcomers([], []).map((each) => each.phone)).toEqual([suggestions[0].phone])
  expect(withNewcomers([], many).map((each) => each.phone)).toEqual(['4', '3', '2'])
  const here = withNewcomers([], many.slice(0, 1))
  expect(withNewcomers(here, many.slice(0, 2)).map((each) => each.phone)).toEqual(['1', '2'])
  expect(withNewcomers(here, many.slice(0, 1))).toBe(here)
})
