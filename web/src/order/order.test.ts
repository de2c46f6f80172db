import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Fact } from '../api/types'
import { localTime } from './ChangeOrder'
import { orderKeys, tellOrders } from './queries'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const fact = (kind: string, message_id: string | null = null) => ({ kind, message_id }) as Fact

test('what the live stream tells of orders makes them stale, once for many facts', () => {
  const queries = new QueryClient()
  const stale = vi.spyOn(queries, 'invalidateQueries')
  tellOrders(queries, fact('message.status', 'msg_1'))
  vi.advanceTimersByTime(1_000)
  expect(stale).not.toHaveBeenCalled()
  tellOrders(queries, fact('order.status'))
  tellOrders(queries, fact('order.changed'))
  vi.advanceTimersByTime(1_000)
  expect(stale).toHaveBeenCalledTimes(1)
})

test('a message that is shown with an order is news of it', () => {
  const queries = new QueryClient()
  queries.setQueryData(orderKeys.timeline('R-1'), [{ message: { message_id: 'msg_1' } }])
  const stale = vi.spyOn(queries, 'invalidateQueries')
  tellOrders(queries, fact('message.status', 'msg_2'))
  tellOrders(queries, fact('message.status', 'msg_1'))
  vi.advanceTimersByTime(1_000)
  expect(stale).toHaveBeenCalledTimes(1)
})

test('writes a moment as a field for times takes it', () => {
  expect(localTime(new Date(2026, 10, 5, 9, 3).toISOString())).toBe('2026-11-05T09:03')
})
