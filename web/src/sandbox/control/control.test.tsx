import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { Store } from '../store'
import { furnish, listen, show } from '../testing'
import { readFault, readLogLine } from '../wire'
import { FaultsPanel } from './FaultsPanel'
import { LogPanel } from './LogPanel'
import { TimePanel } from './TimePanel'

beforeEach(furnish)

async function drawn(change: () => void) {
  await act(async () => {
    change()
    await new Promise((next) => requestAnimationFrame(next))
  })
}

test('a switch sets a fault with its share; switching off ends it', async () => {
  const calls = listen()
  const store = new Store()
  show(<FaultsPanel />, store)
  const double = screen.getByRole('switch', { name: 'Double webhooks' })
  await userEvent.click(double)
  expect(calls).toEqual([
    { method: 'POST', path: '/sandbox/faults', body: { kind: 'double_webhook', ratio: 0.25 } },
  ])

  await drawn(() =>
    store.change({
      is: 'faults',
      faults: [readFault({ id: 'fault-1', kind: 'double_webhook', ratio: 0.25, struck: 0 })],
    }),
  )
  expect(double.getAttribute('aria-checked')).toBe('true')
  await userEvent.click(double)
  expect(calls[1]).toEqual({ method: 'DELETE', path: '/sandbox/faults/fault-1', body: undefined })
})

test('how often and with which code is chosen before, and changes a fault in force', async () => {
  const calls = listen()
  const store = new Store()
  show(<FaultsPanel />, store)
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Code of the refusal' }), '131056')
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'How often: Refuse calls' }), 'count 3')
  expect(calls).toEqual([])
  await userEvent.click(screen.getByRole('switch', { name: 'Refuse calls' }))
  expect(calls[0]?.body).toEqual({ kind: 'refuse', code: 131056, count: 3 })

  await drawn(() =>
    store.change({
      is: 'faults',
      faults: [readFault({ id: 'fault-2', kind: 'refuse', code: 131056, count: 3, struck: 0 })],
    }),
  )
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'How often: Refuse calls' }), 'ratio 2')
  expect(calls.slice(1)).toEqual([
    { method: 'DELETE', path: '/sandbox/faults/fault-2', body: undefined },
    { method: 'POST', path: '/sandbox/faults', body: { kind: 'refuse', code: 131056, ratio: 0.5 } },
  ])
})

test('a fault with a filter of a program is listed apart and leaves the switch alone', () => {
  const store = new Store()
  store.change({
    is: 'faults',
    faults: [readFault({ id: 'fault-3', kind: 'drop_webhook', match: { phone: '5511999', type: 'read' } })],
  })
  show(<FaultsPanel />, store)
  expect(screen.getByRole('switch', { name: 'Drop webhooks' }).getAttribute('aria-checked')).toBe('false')
  expect(screen.getByRole('listitem').textContent).toContain('5511999')
})

const refused = {
  seq: 1,
  at: '2026-11-20T10:41:31Z',
  direction: 'in',
  kind: 'call',
  method: 'POST',
  path: '/v25.0/200000000000001/messages',
  edge: 'messages',
  summary: 'POST /messages template',
  status: 400,
  duration_ms: 1.25,
  request: { to: '551155500177', type: 'template' },
  response: { error: { code: 132000 } },
  problem: { code: 132000, details: 'body: number of parameters (1) does not match (2)' },
}

const delivered = {
  ...refused,
  seq: 2,
  direction: 'out',
  kind: 'webhook',
  summary: '2 updates',
  updates: ['status delivered … 7Qm2', 'status read … 7Qm2'],
  status: 200,
  request: { entry: [] },
  problem: undefined,
}

test('a line says why a call was refused, and opens to what was asked and answered', async () => {
  const store = new Store()
  store.change({ is: 'log', line: readLogLine(refused) })
  show(<LogPanel />, store)
  expect(screen.getByText('132000', { exact: true }).parentElement?.textContent).toBe(
    '132000 body: number of parameters (1) does not match (2). Nothing was sent.',
  )
  const row = screen.getByRole('button', { name: /from Kontor.*template.*400/ })
  expect(row.getAttribute('aria-expanded')).toBe('false')
  await userEvent.click(row)
  expect(row.getAttribute('aria-expanded')).toBe('true')
  expect(screen.getByText('Request').parentElement?.textContent).toContain('"to": "551155500177"')
})

test('the filter finds a phone however it is written, and the list holds still under the pointer', async () => {
  const store = new Store()
  store.change({ is: 'log', line: readLogLine(refused) })
  store.change({ is: 'log', line: readLogLine(delivered) })
  show(<LogPanel />, store)
  expect(screen.getAllByRole('listitem')).toHaveLength(2)
  expect(screen.getByText('status delivered … 7Qm2 +1')).toBeTruthy()
  await userEvent.type(screen.getByRole('searchbox'), '+55 11 5550-0177')
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
  await userEvent.clear(screen.getByRole('searchbox'))

  await userEvent.hover(screen.getByRole('list'))
  await drawn(() => store.change({ is: 'log', line: readLogLine({ ...delivered, seq: 3 }) }))
  expect(screen.getAllByRole('listitem')).toHaveLength(2)
  expect(screen.getByText('1 new, shown when the pointer leaves')).toBeTruthy()
  await userEvent.unhover(screen.getByRole('list'))
  expect(screen.getAllByRole('listitem')).toHaveLength(3)
})

test('Meta’s time moves by the hour', async () => {
  const calls = listen()
  show(<TimePanel />)
  await userEvent.click(screen.getByRole('button', { name: '25 hours later' }))
  expect(calls).toEqual([{ method: 'POST', path: '/sandbox/clock', body: { advance: '25h' } }])
})
