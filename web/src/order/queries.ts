import { type InfiniteData, type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Fact, Message, Page } from '../api/types'
import * as api from './api'

/** Where orders lie in the cache. */
export const orderKeys = {
  all: ['orders'] as const,
  list: (filter: Partial<api.OrderFilter>) => ['orders', 'list', filter] as const,
  one: (id: string) => ['orders', 'one', id] as const,
  timeline: (id: string) => ['orders', 'timeline', id] as const,
  history: (id: string) => ['orders', 'history', id] as const,
  settings: ['order-settings'] as const,
}

// The live stream keeps these true: tellOrders.
const kept = { staleTime: Number.POSITIVE_INFINITY }

export function useOrders(filter: Partial<api.OrderFilter>) {
  return useInfiniteQuery({
    ...kept,
    queryKey: orderKeys.list(filter),
    queryFn: ({ pageParam }) => api.getOrders(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
}

export const useOrder = (id: string) =>
  useQuery({ ...kept, queryKey: orderKeys.one(id), queryFn: () => api.getOrder(id) })

export const useOrderSettings = () =>
  useQuery({ staleTime: 60_000, queryKey: orderKeys.settings, queryFn: api.getOrderSettings })

/** All of an order's timeline, oldest first: it is a few dozen entries. */
export function useTimeline(id: string) {
  return useQuery({
    ...kept,
    queryKey: orderKeys.timeline(id),
    queryFn: async () => {
      const events: api.OrderEvent[] = []
      let cursor: string | undefined
      do {
        const page: Page<api.OrderEvent> = await api.getTimeline(id, cursor)
        events.push(...page.data)
        cursor = page.next_cursor ?? undefined
      } while (cursor)
      return events
    },
  })
}

/** What customers call a status, in the reader's language as far as the settings have it. */
export function useStatusName(): (key: string, locale: string) => string {
  const { data } = useOrderSettings()
  return useMemo(() => {
    const labels = new Map(data?.statuses.map(({ key, labels }) => [key, labels ?? {}]))
    return (key, locale) => {
      const own = (labels.get(key) ?? {}) as Record<string, string>
      return own[locale.replace('-', '_')] ?? own[locale] ?? own[locale.split('-')[0] ?? ''] ?? own.en ?? key
    }
  }, [data])
}

const gather = 120
const timers = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>()

/** What the live stream told, as far as orders show it. Facts that come together are worked on together. */
export function tellOrders(queries: QueryClient, { kind, message_id }: Fact): void {
  if (!kind.startsWith('order.') && !(message_id && shows(queries, message_id))) return
  if (timers.has(queries)) return
  timers.set(
    queries,
    setTimeout(() => {
      timers.delete(queries)
      void queries.invalidateQueries({ queryKey: orderKeys.all })
    }, gather),
  )
}

/** Whether a message stands in a loaded timeline or history. */
function shows(queries: QueryClient, message: string): boolean {
  const timelines = queries.getQueriesData<api.OrderEvent[]>({ queryKey: ['orders', 'timeline'] })
  const histories = queries.getQueriesData<InfiniteData<Page<Message>>>({ queryKey: ['orders', 'history'] })
  return (
    timelines.some(([, events]) => events?.some((event) => event.message?.message_id === message)) ||
    histories.some(([, pages]) =>
      pages?.pages.some((page) => page.data.some(({ message_id }) => message_id === message)),
    )
  )
}
