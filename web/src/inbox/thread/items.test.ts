import { expect, test } from 'vitest'
import type { Message } from '../../api/types'
import { aMessage } from '../../test/fixtures'
import type { Outgoing } from '../data/outgoing'
import { buildItems } from './items'

const now = new Date('2026-11-21T12:00:00Z')
const on = (day: string, change: Partial<Message> = {}) =>
  aMessage({ ...change, at: `2026-11-${day}:00.000Z` })

function build(messages: Message[], letters: Outgoing[] = [], windowUntil: Date | null = null) {
  return buildItems({ messages, letters, windowUntil, now })
}

const kinds = (...args: Parameters<typeof build>) => build(...args).map(({ kind }) => kind)

test('a line stands over each day', () => {
  expect(kinds([on('19T09:00'), on('19T10:00'), on('20T09:00')])).toEqual([
    'day',
    'message',
    'message',
    'day',
    'message',
  ])
})

test('reactions stand on their message; a later one replaces, an empty one removes', () => {
  const target = on('20T09:00')
  const react = (emoji: string, direction: Message['direction'] = 'inbound') =>
    on('20T09:01', {
      direction,
      content: { type: 'reaction', reaction: { message_id: target.wamid ?? '', emoji } },
    })
  const of = (...messages: Message[]) => {
    const item = build([target, ...messages]).find(({ kind }) => kind === 'message')
    return item?.kind === 'message' ? item.reactions : undefined
  }
  expect(of(react('👍'), react('🙏', 'outbound'))).toEqual({ customer: '👍', house: '🙏' })
  expect(of(react('👍'), react('❤️'))).toEqual({ customer: '❤️' })
  expect(of(react('👍'), react(''))).toEqual({ customer: undefined })
  expect(build([target, react('👍')])).toHaveLength(2)
})

test('a reaction of ours that failed is shown and does not count', () => {
  const target = on('20T09:00')
  const failed = on('20T09:01', {
    direction: 'outbound',
    status: 'failed',
    content: { type: 'reaction', reaction: { message_id: target.message_id, emoji: '👍' } },
  })
  const items = build([target, failed])
  expect(items).toHaveLength(3)
  expect(items[1]).toMatchObject({ reactions: {} })
})

test('an edit and a withdrawal are seen in the message they changed, and alone when it is not here', () => {
  const target = on('20T09:00')
  const edit = on('20T09:01', {
    content: { type: 'edit', edit: { original_message_id: target.wamid ?? '' } },
  })
  const revoke = on('20T09:02', {
    content: { type: 'revoke', revoke: { original_message_id: target.wamid ?? '' } },
  })
  expect(kinds([target, edit, revoke])).toEqual(['day', 'message'])
  expect(kinds([edit])).toEqual(['day', 'message'])
})

test('what was taken back is not shown', () => {
  expect(kinds([on('20T09:00', { direction: 'outbound', status: 'canceled' })])).toEqual([])
})

test('the end of the window stands where it came', () => {
  const end = new Date('2026-11-20T10:00:00Z')
  expect(kinds([on('20T09:00'), on('20T11:00')], [], end)).toEqual(['day', 'message', 'window', 'message'])
  expect(kinds([on('20T09:00')], [], end)).toEqual(['day', 'message', 'window'])
  expect(kinds([on('20T09:00')], [], new Date('2026-11-22T10:00:00Z'))).toEqual(['day', 'message'])
})

test('a letter takes the place of its message until it settles', () => {
  const message = on('20T09:00', { direction: 'outbound' })
  const letter: Outgoing = {
    key: 'k',
    at: message.at,
    state: 'leaving',
    messageId: message.message_id,
    conversation: 'cnv_katrin',
    kind: 'text',
    body: {},
    to: { contact_id: 'con_katrin' },
    content: { type: 'text', text: { body: 'Hallo' } },
  }
  expect(kinds([message], [letter])).toEqual(['letter'])
  expect(kinds([message], [])).toEqual(['day', 'message'])
})

test('the word stands beside the newest of ours only', () => {
  const items = build([
    on('20T09:00', { direction: 'outbound' }),
    on('20T09:01', { direction: 'outbound' }),
    on('20T09:02'),
  ])
  expect(items.flatMap((item) => (item.kind === 'message' ? [item.newest] : []))).toEqual([
    false,
    true,
    false,
  ])
})
