import { act, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keys } from '../inbox/data/queries'
import { SearchFrame } from '../inbox/list/SearchFrame'
import { aConversation, aMessage } from '../test/fixtures'
import { show } from '../test/show'

const { contact } = aConversation()
const hit = (text: string) => ({
  message: aMessage({ content: { type: 'text', text: { body: text } } }),
  contact,
  excerpt: [{ text, match: false }],
})
/** As the server finds it. */
let found = [hit('second bell'), hit('first bell')]
let until = ''
let asked = 0

beforeEach(() => {
  found = [hit('second bell'), hit('first bell')]
  until = new Date().toISOString()
  asked = 0
  Element.prototype.scrollIntoView ??= () => undefined
  vi.stubGlobal('fetch', async (url: string) => {
    if (!url.includes('/search?')) return new Response(JSON.stringify({ data: [], next_cursor: null }))
    asked += 1
    return new Response(
      JSON.stringify({ data: found, next_cursor: null, people: [], indexing: { until, past: false } }),
    )
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const chosen = () => screen.getByRole('option', { selected: true }).textContent

test('what is found later comes in front, and the chosen line stays the chosen one', async () => {
  const user = userEvent.setup()
  const { queries } = await show(<SearchFrame>list</SearchFrame>)
  await user.type(screen.getByRole('combobox'), 'bell')
  await screen.findByText('first bell')
  await user.keyboard('{ArrowDown}')
  expect(chosen()).toContain('first bell')
  found = [hit('third bell'), ...found]
  await act(() => queries.invalidateQueries({ queryKey: keys.found }))
  await screen.findByText('third bell')
  expect(chosen()).toContain('first bell')
})

test('it is asked again while the index has not come so far', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime })
  until = new Date(Date.now() - 60_000).toISOString()
  await show(<SearchFrame>list</SearchFrame>)
  await user.type(screen.getByRole('combobox'), 'bell')
  await screen.findByText('first bell')
  const before = asked
  until = new Date(Date.now() + 3_600_000).toISOString()
  await act(() => vi.advanceTimersByTimeAsync(6_000))
  await waitFor(() => expect(asked).toBe(before + 1))
  await act(() => vi.advanceTimersByTimeAsync(30_000))
  expect(asked).toBe(before + 1)
})
