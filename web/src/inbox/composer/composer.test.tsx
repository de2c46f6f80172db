import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Accepted, Conversation, Stored } from '../../api/types'
import { aConversation, aMessage, anAssignment } from '../../test/fixtures'
import { show } from '../../test/show'
import { setClock } from '../../ui/clock'
import { readDraft, writeDraft } from '../data/drafts'
import { OutgoingLetters } from '../data/outgoing'
import { Shelf } from '../data/shelf'
import { setPresence } from '../presence/presence'
import { Composer } from './Composer'
import { LocationDialog } from './LocationDialog'

const nothing = () => undefined
const assignment = anAssignment({ mine: true })

const accepted: Accepted = {
  message_id: 'msg_1',
  status: 'accepted',
  conversation_id: 'cnv_katrin',
  contact_id: 'con_katrin',
}

async function composer(
  conversation: Conversation,
  change: Partial<Parameters<typeof Composer>[0]> = {},
  rights?: readonly string[],
) {
  const send = vi.fn(async (_kind: string, _body: object, _key: string) => accepted)
  const stored: Stored = { media_id: 'med_1', mime_type: 'image/png', size: 3, sha256: '', filename: 'a.png' }
  const upload = vi.fn(async () => stored)
  const outgoing = new OutgoingLetters({ server: { send, cancelMessage: async () => aMessage() } })
  const shelf = new Shelf(upload)
  const shown = await show(
    <Composer
      assignment={assignment}
      quoted={undefined}
      onQuote={nothing}
      templatesOpen={false}
      onTemplates={nothing}
      focus={{ current: null }}
      offline={false}
      mode="reply"
      onMode={nothing}
      onTyping={nothing}
      {...change}
    />,
    { conversation, outgoing, shelf, rights },
  )
  return { send, shelf, upload, outgoing, ...shown }
}

const open = aConversation({ window_until: '2099-01-01T00:00:00.000Z' })
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox')

beforeEach(() => {
  sessionStorage.clear()
  URL.createObjectURL = () => 'blob:x'
  URL.revokeObjectURL = nothing
})
afterEach(() => {
  writeDraft('cnv_katrin', '')
  setClock(new Date())
  vi.useRealTimers()
})

test('Enter sends, and the field is empty for the next words', async () => {
  const { send } = await composer(open)
  fireEvent.change(field(), { target: { value: 'Bis morgen' } })
  expect(readDraft('cnv_katrin')).toBe('Bis morgen')
  fireEvent.keyDown(field(), { key: 'Enter' })
  expect(send.mock.calls[0]?.slice(0, 2)).toMatchObject(['text', { text: 'Bis morgen', to: 'con_katrin' }])
  expect(field().value).toBe('')
})

test('Shift and Enter break the line', async () => {
  const { send } = await composer(open)
  fireEvent.change(field(), { target: { value: 'Bis' } })
  expect(fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })).toBe(true)
  expect(send).not.toHaveBeenCalled()
})

test('Enter that chooses a word of an input method never sends', async () => {
  const { send } = await composer(open)
  fireEvent.change(field(), { target: { value: 'ni hao' } })
  fireEvent.keyDown(field(), { key: 'Enter', isComposing: true })
  fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 })
  expect(send).not.toHaveBeenCalled()
  expect(field().value).toBe('ni hao')
})

test('spaces alone are not sent, and too long a text is not either', async () => {
  const { send } = await composer(open)
  fireEvent.change(field(), { target: { value: '  \n ' } })
  fireEvent.keyDown(field(), { key: 'Enter' })
  fireEvent.change(field(), { target: { value: 'x'.repeat(4097) } })
  fireEvent.keyDown(field(), { key: 'Enter' })
  expect(send).not.toHaveBeenCalled()
  expect(screen.getByText('4,097 of 4,096')).toBeTruthy()
})

test('a quoted message is named and sent along', async () => {
  const quoted = aMessage({ content: { type: 'text', text: { body: 'Passt Montag?' } } })
  const onQuote = vi.fn()
  const { send } = await composer(open, { quoted, onQuote })
  expect(screen.getByText('Passt Montag?')).toBeTruthy()
  fireEvent.change(field(), { target: { value: 'Ja' } })
  fireEvent.keyDown(field(), { key: 'Enter' })
  expect(send.mock.calls[0]?.[1]).toMatchObject({ context: { message_id: quoted.message_id } })
  expect(onQuote).toHaveBeenCalledWith(undefined)
})

test('the field closes when the window ends, keeps the draft, and opens when the customer writes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  writeDraft('cnv_katrin', 'Noch nicht gesendet')
  const soon = aConversation({ window_until: new Date(Date.now() + 60_000).toISOString() })
  const { unmount } = await composer(soon)
  expect(field().value).toBe('Noch nicht gesendet')
  act(() => void vi.advanceTimersByTime(59_999))
  expect(screen.queryByRole('textbox')).toBeTruthy()
  act(() => void vi.advanceTimersByTime(1))
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(screen.getByText('Free text is closed: Katrin wrote more than 24 hours ago.')).toBeTruthy()
  expect(screen.getByText(/Your draft is kept/)).toBeTruthy()
  unmount()
  await composer(open)
  expect(field().value).toBe('Noch nicht gesendet')
})

test('the field goes by the time of the server', async () => {
  const later = aConversation({ window_until: new Date(Date.now() + 3_600_000).toISOString() })
  await composer(later)
  act(() => setClock(new Date(Date.now() + 25 * 3_600_000)))
  expect(screen.queryByRole('textbox')).toBeNull()
  act(() => setClock(new Date()))
  expect(field()).toBeTruthy()
})

test('somebody who never wrote is not said to have written', async () => {
  await composer(aConversation({ window_until: null }))
  expect(screen.getByText('Free text is closed: Katrin has not written yet.')).toBeTruthy()
})

test('who does not have the conversation reads along', async () => {
  const takeOver = vi.fn()
  await composer(open, { assignment: { ...assignment, mine: false, other: 'Ben', takeOver } })
  expect(screen.queryByRole('textbox')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Take over' }))
  expect(takeOver).toHaveBeenCalled()
})

test('offline keeps the words and sends nothing', async () => {
  const { send } = await composer(open, { offline: true })
  fireEvent.change(field(), { target: { value: 'Später' } })
  fireEvent.click(screen.getByRole('button', { name: 'Keep for later' }))
  expect(send).not.toHaveBeenCalled()
  expect(readDraft('cnv_katrin')).toBe('Später')
})

/** What a clipboard holds: files, and text by its type. */
const pasted = (files: File[], texts: Readonly<Record<string, string>> = {}) => ({
  clipboardData: { files, getData: (type: string) => texts[type] ?? '' },
})

test('a pasted picture is uploaded and sent with its caption', async () => {
  const { send, upload } = await composer(open)
  const file = new File(['abc'], 'a.png', { type: 'image/png' })
  fireEvent.paste(field(), pasted([file]))
  expect(await screen.findByText('a.png')).toBeTruthy()
  expect(upload).toHaveBeenCalled()
  fireEvent.change(field(), { target: { value: 'Die Dichtung' } })
  await act(async () => void fireEvent.keyDown(field(), { key: 'Enter' }))
  expect(send).toHaveBeenCalledTimes(1)
  expect(send.mock.calls[0]?.slice(0, 2)).toMatchObject([
    'image',
    { image: { media_id: 'med_1', caption: 'Die Dichtung' } },
  ])
  expect(screen.queryByText('a.png')).toBeNull()
})

test('a file that WhatsApp does not take never leaves', async () => {
  const { upload, shelf } = await composer(open)
  fireEvent.paste(field(), pasted([new File(['abc'], 'a.heic', { type: 'image/heic' })]))
  expect(upload).not.toHaveBeenCalled()
  expect(shelf.all()).toEqual([])
  expect(screen.getByText(/WhatsApp does not take heic files/)).toBeTruthy()
})

test('words from a sheet are pasted as words, a picture from a page as a picture', async () => {
  const { upload } = await composer(open)
  const picture = new File(['abc'], 'image.png', { type: 'image/png' })
  const sheet = pasted([picture], { 'text/html': '<table></table>', 'text/plain': 'Dichtung\t4,90' })
  expect(fireEvent.paste(field(), sheet), 'the browser puts the words in').toBe(true)
  expect(upload).not.toHaveBeenCalled()
  expect(fireEvent.paste(field(), pasted([picture], { 'text/html': '<img>' }))).toBe(false)
  expect(await screen.findByText('image.png')).toBeTruthy()
  // A file from a folder comes with its name.
  expect(fireEvent.paste(field(), pasted([picture], { 'text/plain': 'image.png' }))).toBe(false)
  expect(upload).toHaveBeenCalledTimes(2)
})

test('a place that is sent answers what is quoted', async () => {
  const send = vi.fn(async (_kind: string, _body: object, _key: string) => accepted)
  const outgoing = new OutgoingLetters({ server: { send, cancelMessage: async () => aMessage() } })
  const quoted = aMessage({ content: { type: 'text', text: { body: 'Wo sind Sie?' } } })
  await show(<LocationDialog open onClose={nothing} />, { conversation: open, outgoing, quoted })
  fireEvent.change(screen.getAllByRole('textbox')[0] as HTMLElement, {
    target: { value: '53.8655, 10.6866' },
  })
  fireEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(send.mock.calls[0]?.slice(0, 2)).toMatchObject([
    'location',
    { context: { message_id: quoted.message_id } },
  ])
})

test('a colleague who writes is named beside the field', async () => {
  const { queries } = await composer(open)
  const ben = { person_id: 'per_ben', name: 'Ben Krüger', state: 'typing' } as const
  act(() => setPresence(queries, { conversation_id: 'cnv_katrin', people: [ben] }))
  expect(await screen.findByText('Ben is writing…')).toBeTruthy()
  act(() => setPresence(queries, { conversation_id: 'cnv_katrin', people: [{ ...ben, state: 'viewing' }] }))
  await waitFor(() => expect(screen.queryByText('Ben is writing…')).toBeNull())
})

test('whoever may only read has no field, and whoever takes no conversations writes no notes', async () => {
  const { unmount } = await composer(open, { mode: 'note' }, ['read'])
  expect(screen.getByText('You may read here, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(screen.queryByRole('button')).toBeNull()
  unmount()
  const marketer = await composer(open, { mode: 'note' }, ['read', 'send'])
  expect(screen.getByRole('textbox', { name: /^Write to/ })).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Note/ })).toBeNull()
  marketer.unmount()
  await composer(open, { assignment: { ...assignment, mine: false, other: 'Ben' } }, ['read', 'send'])
  expect(screen.getByText('You can read along.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Take over' })).toBeNull()
})
