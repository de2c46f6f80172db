import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NoAnswer, Refusal } from '../../api/client'
import type { Accepted, Message } from '../../api/types'
import { aMessage } from '../../test/fixtures'
import { type Letter, type Outgoing, OutgoingLetters } from './outgoing'

const letter: Letter = {
  conversation: 'cnv_katrin',
  kind: 'text',
  body: { text: 'Bis morgen' },
  to: { contact_id: 'con_katrin', phone_number_id: '111' },
  content: { type: 'text', text: { body: 'Bis morgen' } },
  draft: 'Bis morgen',
}
const accepted: Accepted = {
  message_id: 'msg_1',
  status: 'accepted',
  conversation_id: 'cnv_katrin',
  contact_id: 'con_katrin',
}

function house() {
  const send = vi.fn(async (_kind: string, _body: object, _key: string): Promise<Accepted> => accepted)
  const cancelMessage = vi.fn(async (_id: string): Promise<Message> => aMessage())
  const takenBack: Outgoing[] = []
  const tooLate: Outgoing[] = []
  const letters = new OutgoingLetters({
    server: { send, cancelMessage },
    onTooLate: (one) => tooLate.push(one),
  })
  letters.onTakenBack((one) => takenBack.push(one))
  return { send, cancelMessage, takenBack, tooLate, letters, only: () => letters.all()[0] }
}

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
})
afterEach(() => vi.useRealTimers())

test('a letter is there at once, may be taken back for four seconds, and goes when its message is here', async () => {
  const { letters, send, only } = house()
  letters.send(letter)
  expect(only()?.state).toBe('sending')
  await vi.advanceTimersByTimeAsync(0)
  expect(send.mock.calls[0]?.[1]).toEqual({
    text: 'Bis morgen',
    to: 'con_katrin',
    phone_number_id: '111',
    delay_seconds: 4,
  })
  expect(only()).toMatchObject({ state: 'leaving', messageId: 'msg_1', leavesAt: Date.now() + 4_000 })
  letters.settle(() => true)
  expect(only()?.state).toBe('leaving')
  await vi.advanceTimersByTimeAsync(4_000)
  expect(only()?.state).toBe('gone')
  letters.settle((id) => id === 'msg_1')
  expect(letters.all()).toEqual([])
})

test('undo cancels it and gives the words back', async () => {
  const { letters, cancelMessage, takenBack } = house()
  letters.send(letter)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(letters.takeBack('cnv_katrin')).toBe(true)
  expect(letters.takeBack('cnv_katrin')).toBe(false)
  await vi.advanceTimersByTimeAsync(0)
  expect(cancelMessage).toHaveBeenCalledWith('msg_1')
  expect(takenBack[0]?.draft).toBe('Bis morgen')
  expect(letters.all()).toEqual([])
})

test('undo before the answer waits for it', async () => {
  const { letters, send, cancelMessage, takenBack } = house()
  let answer = (_: Accepted) => {}
  send.mockReturnValue(new Promise((resolve) => (answer = resolve)))
  letters.send(letter)
  expect(letters.takeBack('cnv_katrin')).toBe(true)
  expect(cancelMessage).not.toHaveBeenCalled()
  answer(accepted)
  await vi.advanceTimersByTimeAsync(0)
  expect(takenBack).toHaveLength(1)
})

test('too late is said, and the message stays', async () => {
  const { letters, cancelMessage, tooLate, only } = house()
  cancelMessage.mockRejectedValue(new Refusal(409, 'already_under_way', '', '', [], ''))
  letters.send(letter)
  await vi.advanceTimersByTimeAsync(0)
  letters.takeBack('cnv_katrin')
  await vi.advanceTimersByTimeAsync(0)
  expect(tooLate).toHaveLength(1)
  expect(only()?.state).toBe('gone')
})

test('a lost answer is asked for again with the same key, and never doubles', async () => {
  const { letters, send, only } = house()
  send.mockRejectedValueOnce(new NoAnswer()).mockResolvedValueOnce(accepted)
  letters.send(letter)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(only()?.state).toBe('leaving')
  expect(new Set(send.mock.calls.map(([, , key]) => key)).size).toBe(1)
})

test('when no answer comes the letter stays, also through a reload, and a retry keeps its key', async () => {
  const { letters, send, only } = house()
  send.mockRejectedValue(new NoAnswer())
  letters.send(letter)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(only()?.state).toBe('unanswered')
  const key = only()?.key
  const again = new OutgoingLetters({
    server: { send: async () => accepted, cancelMessage: async () => aMessage() },
  })
  expect(again.all()[0]).toMatchObject({ key, state: 'unanswered', draft: 'Bis morgen' })
  again.retry(key ?? '')
  await vi.advanceTimersByTimeAsync(0)
  expect(again.all()[0]?.state).toBe('leaving')
})

test('a letter without an answer is not there for somebody else in the same tab', async () => {
  const server = { send: vi.fn().mockRejectedValue(new NoAnswer()), cancelMessage: async () => aMessage() }
  new OutgoingLetters({ server, person: 'per_ana' }).send(letter)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(new OutgoingLetters({ server, person: 'per_ben' }).all()).toEqual([])
  expect(new OutgoingLetters({ server, person: 'per_ana' }).all()[0]).toMatchObject({ draft: 'Bis morgen' })
})

test('a refusal keeps the words and says why', async () => {
  const { letters, send, only } = house()
  send.mockRejectedValue(new Refusal(422, 'window_closed', '', '', [], ''))
  letters.send(letter)
  await vi.advanceTimersByTimeAsync(0)
  expect(only()).toMatchObject({ state: 'refused', draft: 'Bis morgen', error: { code: 'window_closed' } })
  letters.discard(only()?.key ?? '')
  expect(sessionStorage.length).toBe(0)
})

test('letters of a conversation are handed over one after the other, also when an answer is lost', async () => {
  const { letters, send } = house()
  const asked = () => send.mock.calls.map(([, body]) => (body as { text: string }).text)
  const say = (text: string, conversation = 'cnv_katrin') =>
    letters.send({ ...letter, conversation, body: { text }, draft: text })
  send.mockRejectedValueOnce(new NoAnswer())
  say('first')
  say('second')
  say('elsewhere', 'cnv_joao')
  await vi.advanceTimersByTimeAsync(900)
  expect(asked(), 'the second does not overtake the first').toEqual(['first', 'elsewhere'])
  letters.send({ ...letter, kind: 'reaction', body: { reaction: { message_id: 'msg_0', emoji: '👍' } } })
  expect(send.mock.calls.at(-1)?.[0], 'a reaction waits for nothing').toBe('reaction')
  await vi.advanceTimersByTimeAsync(100)
  expect(asked().filter(Boolean)).toEqual(['first', 'elsewhere', 'first', 'second'])
  send.mockRejectedValueOnce(new Refusal(422, 'window_closed', '', '', [], ''))
  say('refused')
  say('after it')
  await vi.advanceTimersByTimeAsync(0)
  expect(asked().at(-1), 'a refusal holds nothing up').toBe('after it')
})

test('what is taken back before its turn was never asked for', async () => {
  const { letters, send, cancelMessage, takenBack } = house()
  let answer = (_: Accepted) => {}
  send.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  letters.send(letter)
  letters.send({ ...letter, body: { text: 'Doch nicht' }, draft: 'Doch nicht' })
  expect(letters.takeBack('cnv_katrin')).toBe(true)
  answer(accepted)
  await vi.advanceTimersByTimeAsync(0)
  expect(send).toHaveBeenCalledTimes(1)
  expect(cancelMessage).not.toHaveBeenCalled()
  expect(takenBack.map(({ draft }) => draft)).toEqual(['Doch nicht'])
  expect(letters.all()).toHaveLength(1)
})

test('a reaction leaves at once', async () => {
  const { letters, send, only } = house()
  letters.send({ ...letter, kind: 'reaction', body: { reaction: { message_id: 'msg_0', emoji: '👍' } } })
  await vi.advanceTimersByTimeAsync(0)
  expect(send.mock.calls[0]?.[1]).toMatchObject({ delay_seconds: 0 })
  expect(only()?.state).toBe('gone')
})
