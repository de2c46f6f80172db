import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { Store } from '../store'
import { furnish, listen, number, show } from '../testing'
import { ConductPanel } from './ConductPanel'
import { StatePanel } from './StatePanel'

beforeEach(furnish)

function world(): Store {
  const store = new Store()
  store.change({
    is: 'loaded',
    world: { numbers: [number], customers: {}, faults: [], templates: [], log: [] },
  })
  return store
}

const answers = {
  '/sandbox/conduct': {
    data: { portfolio: { messaging_limit: 250 }, '100000000000001': {}, [number.id]: {} },
  },
  '/sandbox/webhooks': {
    known: [
      {
        field: 'account_update',
        event: 'ACCOUNT_VIOLATION',
        about: 'account',
        value: { event: 'ACCOUNT_VIOLATION' },
      },
    ],
  },
  '/sandbox/pricing': { models: [] },
}

function sandbox() {
  return listen(({ method, path, body }) => ({
    body: method === 'GET' ? answers[path as keyof typeof answers] : (body ?? {}),
  }))
}

test('a number is refused for a reason, the portfolio gets a limit', async () => {
  const calls = sandbox()
  show(<ConductPanel />, world())
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Refuses because' }), 'payment')
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Who' }), 'portfolio')
  const limit = await screen.findByRole('textbox', { name: 'New people in 24 hours' })
  expect((limit as HTMLInputElement).value).toBe('250')
  await userEvent.clear(limit)
  await userEvent.type(limit, '2000{Enter}')
  expect(calls.filter(({ method }) => method === 'PATCH')).toEqual([
    { method: 'PATCH', path: `/sandbox/conduct/${number.id}`, body: { standing: 'payment' } },
    { method: 'PATCH', path: '/sandbox/conduct/portfolio', body: { messaging_limit: 2000 } },
  ])
})

test('a webhook goes out as it was changed; what is no JSON does not', async () => {
  const calls = sandbox()
  show(<StatePanel />, world())
  await userEvent.click(screen.getByRole('button', { name: 'Send a webhook' }))
  await screen.findByRole('option', { name: 'account_update: ACCOUNT_VIOLATION' })
  const typed = screen.getByRole('textbox', { name: 'Value' })
  await userEvent.clear(typed)
  await userEvent.click(typed)
  await userEvent.paste('{"event":')
  expect(screen.getByRole('textbox', { name: 'Value' }).getAttribute('aria-invalid')).toBe('true')
  await userEvent.paste('"X"}')
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(calls.at(-1)).toEqual({
    method: 'POST',
    path: '/sandbox/webhooks',
    body: {
      field: 'account_update',
      event: 'ACCOUNT_VIOLATION',
      value: { event: 'X' },
      phone_number_id: number.id,
    },
  })
})

test('a state is taken from a file', async () => {
  const calls = sandbox()
  show(<StatePanel />, world())
  const file = new File(['{"version":1}'], 'before.json', { type: 'application/json' })
  await userEvent.upload(screen.getByLabelText('File with a state'), file)
  await screen.findByText('The sandbox goes on from before.json.')
  expect(calls).toEqual([{ method: 'PUT', path: '/sandbox/state', body: { version: 1 } }])
})
