import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { aMessage } from '../../test/fixtures'
import { show } from '../../test/show'
import { DecideButtons } from './DecideButtons'

/** Stands for the server: keeps what it was asked and gives one answer. */
function serve(status: number, body: unknown): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    asked.push(`${init.method} ${path}`)
    return new Response(JSON.stringify(body), { status })
  })
  return asked
}

afterEach(() => vi.unstubAllGlobals())

test('sending what is held warns of a double before it asks the server', async () => {
  const message = aMessage({ message_id: 'msg_1', direction: 'outbound', status: 'held', wamid: null })
  const asked = serve(200, { ...message, status: 'accepted' })
  await show(<DecideButtons message={message} name="Katrin" />)
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  const dialog = await screen.findByRole('dialog', { name: 'Send it a second time?' })
  expect(dialog.textContent).toContain('Katrin gets it twice')
  expect(asked).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  expect(asked).toEqual(['POST /api/v1/whatsapp/messages/msg_1/release'])
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('what waits can only be given up, and a refusal keeps the question open', async () => {
  const message = aMessage({ message_id: 'msg_1', direction: 'outbound', status: 'accepted', wamid: null })
  const asked = serve(409, { code: 'already_under_way', detail: 'x' })
  await show(<DecideButtons message={message} name="Katrin" />)
  expect(screen.queryByRole('button', { name: 'Send again' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Do not send' }))
  await screen.findByRole('dialog', { name: 'Leave it unsent?' })
  await userEvent.click(screen.getByRole('button', { name: 'Do not send' }))
  expect(asked).toEqual(['POST /api/v1/whatsapp/messages/msg_1/cancel'])
  expect((await screen.findByRole('alert')).textContent).toContain('It has already left')
})
