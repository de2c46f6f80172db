import { act, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { Conversation } from '../../api/types'
import { aConversation, aMessage } from '../../test/fixtures'
import { show } from '../../test/show'
import { writeDraft } from '../data/drafts'
import { setPresence } from '../presence/presence'
import { ConversationRow } from './ConversationRow'
import { inOrder } from './useHeldOrder'

const now = new Date('2026-11-20T09:16:00Z')
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString()

afterEach(() => writeDraft('cnv_katrin', ''))

async function row(change: Partial<Conversation>, showNumber = false) {
  await show(
    <ConversationRow
      conversation={aConversation(change)}
      selected={false}
      showNumber={showNumber}
      now={now}
    />,
  )
  return (screen.getByRole('link').textContent ?? '').replaceAll('\u00a0', ' ')
}

test.each<[string, Partial<Conversation>, string]>([
  ['last words', { last_message: aMessage() }, 'Guten Morgen'],
  ['unread', { unread: 2, last_message: aMessage() }, '2 unread messages'],
  [
    'a voice message',
    { last_message: aMessage({ content: { type: 'audio', audio: { voice: true } } }) },
    'Voice message',
  ],
  [
    'how far ours has come',
    { last_message: aMessage({ direction: 'outbound', status: 'read' }) },
    'We:ReadGuten Morgen',
  ],
  [
    'a failure',
    { last_message: aMessage({ direction: 'outbound', status: 'failed' }) },
    'Not delivered. Why?',
  ],
  [
    'what was taken back',
    { last_message: aMessage({ direction: 'outbound', status: 'canceled' }) },
    'Taken back before it left',
  ],
  ['time left', { window_until: inMinutes(102) }, '1 h 42 min'],
  ['the closed window', { window_until: inMinutes(-1) }, 'Template only'],
  ['a window that never opened', { window_until: null }, 'Template only'],
  ['who has it', {}, 'Assigned to Ana Ribeiro'],
  [
    'marks as plain words',
    { last_message: aMessage({ content: { type: 'text', text: { body: '*Fett*' } } }) },
    'Fett',
  ],
])('a row shows %s', async (_, change, want) => {
  expect(await row(change)).toContain(want)
})

test('a row shows which colleagues are there, by name', async () => {
  const { queries } = await show(
    <ConversationRow conversation={aConversation({})} selected={false} showNumber={false} now={now} />,
  )
  const here = (...people: readonly [string, string, 'viewing' | 'typing'][]) =>
    act(() =>
      setPresence(queries, {
        conversation_id: 'cnv_katrin',
        people: people.map(([person_id, name, state]) => ({ person_id, name, state })),
      }),
    )
  here(
    ['per_ana', 'Ana Ribeiro', 'viewing'],
    ['per_ben', 'Ben Krüger', 'viewing'],
    ['per_li', 'Li', 'typing'],
  )
  expect(await screen.findByText('Here now: Ben Krüger, Li'), 'the reader is not among them').toBeTruthy()
  expect(screen.getByText('Li is writing…')).toBeTruthy()
  here(['per_ana', 'Ana Ribeiro', 'viewing'])
  await waitFor(() => expect(screen.queryByText(/^Here now/)).toBeNull())
})

test('a draft goes before everything', async () => {
  writeDraft('cnv_katrin', 'Am Samstag öffnen wir um 9')
  expect(await row({ last_message: aMessage({ direction: 'outbound', status: 'failed' }) })).toContain(
    'Draft:Am Samstag öffnen wir um 9',
  )
})

test('the number is named only where there are several', async () => {
  expect(await row({})).not.toContain('Lübeck')
})

test('a person without a name is called by what is known', async () => {
  const contact = { ...aConversation().contact, name: '', profile_name: null, username: null }
  expect(await row({ contact })).toContain('+49 152 2881 7386')
})

test('under the pointer rows keep their places, and what is new waits', () => {
  const rows = ['new', 'b', 'a', 'old'].map((conversation_id) => aConversation({ conversation_id }))
  expect(inOrder(rows, ['a', 'b']).map((one) => one.conversation_id)).toEqual(['a', 'b', 'old'])
  expect(inOrder(rows.slice(1), ['a', 'gone', 'b']).map((one) => one.conversation_id)).toEqual([
    'a',
    'b',
    'old',
  ])
})
