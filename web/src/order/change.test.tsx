import { act, screen } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { show } from '../test/show'
import { OrderDetail } from './OrderDetail'
import { orderKeys } from './queries'

const order = {
  id: 'R-1',
  order_id: 'ord_1',
  customer: { contact_id: 'con_1', phone: '491511', bsuid: null, name: 'Ida Hansen', language: 'de' },
  technician: null,
  status: 'received',
  fields: { defect: 'brake' },
  appointment: null,
  phone_number_id: '111',
  state: 'open',
  window_until: null,
  version: 1,
  created_at: '2026-11-20T09:00:00.000Z',
  updated_at: '2026-11-20T09:00:00.000Z',
  closed_at: null,
}
/** As the server has it. */
let stored = order

beforeEach(() => {
  stored = order
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  )
  vi.stubGlobal('fetch', async (url: string, { method = 'GET' }: RequestInit = {}) => {
    const answer = (body: object, status = 200) => new Response(JSON.stringify(body), { status })
    if (method === 'PUT') return answer({ code: 'order_version', detail: 'It has another version.' }, 412)
    if (url.includes('order-statuses')) return answer({ statuses: [{ key: 'received' }, { key: 'done' }] })
    if (url.includes('/preview')) return answer({ messages: [] })
    return answer(/\/R-1$/.test(url) ? stored : { data: [], next_cursor: null })
  })
})
afterEach(() => vi.unstubAllGlobals())

const status = () => screen.getByLabelText<HTMLSelectElement>('Status')

test('what was chosen stays when a colleague changes the order, and a change of both is said', async () => {
  const user = userEvent.setup()
  const { queries } = await show(<OrderDetail id="R-1" />)
  await user.click(await screen.findByRole('tab', { name: 'Order' }))
  await screen.findByRole('option', { name: 'done' })
  await user.selectOptions(status(), 'done')
  stored = { ...order, version: 2, fields: { defect: 'bell' } }
  act(() => void queries.setQueryData(orderKeys.one('R-1'), stored))
  await screen.findByText('bell')
  expect(status().value).toBe('done')

  stored = { ...order, version: 3, fields: { defect: 'chain' } }
  await user.click(screen.getByRole('button', { name: 'Change the status' }))
  await screen.findByText('chain')
  await screen.findByText(/^Somebody changed the order meanwhile/)
  expect(status().value).toBe('done')
})
