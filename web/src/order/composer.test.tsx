import { fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Accepted } from '../api/types'
import { show } from '../test/show'
import { Composer } from './Composer'
import { DeskProvider, type OrderDesk } from './desk'
import { loadDraft, saveDraft } from './draft'

const accepted: Accepted = {
  message_id: 'msg_1',
  status: 'accepted',
  conversation_id: 'cnv_katrin',
  contact_id: 'con_katrin',
}

afterEach(() => saveDraft('ord_1', ''))

async function composer() {
  const send = vi.fn(async (_body: object, _key: string) => accepted)
  const desk: OrderDesk = {
    draft: 'ord_1',
    order: { id: 'R-1', customer: { name: 'Katrin', language: 'de' } },
    windowUntil: '2099-01-01T00:00:00.000Z',
    key: ['messages'],
    history: async () => ({ data: [], next_cursor: null }),
    templates: async () => [],
    send,
    sendFile: async () => accepted,
    file: async () => new ArrayBuffer(0),
    onSent: () => undefined,
  }
  await show(
    <DeskProvider value={desk}>
      <Composer />
    </DeskProvider>,
  )
  const field = screen.getByRole<HTMLTextAreaElement>('textbox')
  fireEvent.change(field, { target: { value: '你好' } })
  return { send, field }
}

test('Enter sends, with Shift it breaks the line', async () => {
  const { send, field } = await composer()
  fireEvent.keyDown(field, { key: 'Enter', shiftKey: true })
  expect(send).not.toHaveBeenCalled()
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(send.mock.calls[0]?.[0]).toEqual({ text: '你好' })
})

test('the Enter that takes over what an input method proposes sends nothing', async () => {
  const { send, field } = await composer()
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  // As Safari tells it: the composition is over when the key comes.
  fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 })
  expect(send).not.toHaveBeenCalled()
  expect([field.value, loadDraft('ord_1')]).toEqual(['你好', '你好'])
})
