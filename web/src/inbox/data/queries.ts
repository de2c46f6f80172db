import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useMemo } from 'react'
import * as calls from '../../api/calls'
import { Refusal } from '../../api/client'
import type { Note, TimelinePage } from '../../api/desk'
import * as desk from '../../api/deskcalls'
import type {
  Conversation,
  ConversationPage,
  Counts,
  Message,
  Narrowing,
  Page,
  Tab,
  Trouble,
} from '../../api/types'
import { isNarrowed } from '../list/narrowing'

export type ConversationPages = InfiniteData<ConversationPage, string | undefined>
/** A part of a history: its messages and the notes between them, newest first. */
export interface HistoryPage extends Page<Message> {
  notes?: Note[]
  /** Where newer ones are; null at the newest end. */
  previous_cursor?: string | null
}
export type HistoryPages = InfiniteData<HistoryPage, unknown>

/** Where everything lies in the cache, so that the live stream and the pages mean the same place. */
export const keys = {
  list: (tab: Tab, narrowing?: Narrowing) =>
    ['conversations', tab, ...(narrowing ? [narrowing] : [])] as const,
  lists: ['conversations'] as const,
  counts: ['counts'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  history: (id: string) => ['history', id] as const,
  histories: ['history'] as const,
  message: (id: string) => ['message', id] as const,
  /** What the live stream told of a message's file (`cards/arrival.ts`). */
  file: (message: string) => ['file', message] as const,
  files: ['file'] as const,
  /** Messages in trouble, one list for each status. */
  attention: ['attention'] as const,
  troubled: (status: Trouble, number: string) => ['attention', status, number] as const,
  people: ['people'] as const,
  numbers: ['numbers'] as const,
  templates: ['templates'] as const,
  labels: ['labels'] as const,
  /** Notes that name whoever is signed in. */
  mentions: ['mentions'] as const,
  quickReplies: ['quick-replies'] as const,
  presence: ['presence'] as const,
  found: ['search', 'all'] as const,
  overview: ['overview'] as const,
  agents: ['agents'] as const,
  drafts: ['drafts'] as const,
  teams: ['teams', 'routing'] as const,
}

// The live stream keeps these true, so they do not grow stale by themselves.
const kept = { staleTime: Number.POSITIVE_INFINITY }

export function useConversations(tab: Tab, narrowing: Narrowing = {}) {
  const whole = !isNarrowed(narrowing)
  return useInfiniteQuery({
    // What is narrowed to the unread keeps what was read meanwhile, until somebody comes back to it.
    staleTime: whole ? Number.POSITIVE_INFINITY : 0,
    queryKey: keys.list(tab, whole ? undefined : narrowing),
    queryFn: ({ pageParam }) => calls.getConversations(tab, pageParam, undefined, narrowing),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
}

/** The exact numbers on the tabs, counted by the server. */
export function useCounts() {
  return useQuery({
    ...kept,
    queryKey: keys.counts,
    queryFn: (): Promise<Counts> => calls.getConversations('all', undefined, 1).then((page) => page.counts),
  })
}

/** The open conversation: from a list that has it, else from the server; null when there is none such. */
export function useConversation(id: string) {
  const queries = useQueryClient()
  return useQuery({
    ...kept,
    queryKey: keys.conversation(id),
    queryFn: async (): Promise<Conversation | null> => {
      try {
        return await calls.getConversation(id)
      } catch (error) {
        if (error instanceof Refusal && error.status === 404) return null
        throw error
      }
    },
    placeholderData: () => cachedConversation(queries, id),
  })
}

/** So many pages stay: two thousand messages and more, so that a page of any length scrolls as a short one does. */
const mostPages = 24

function historyOptions(conversation: Conversation) {
  return infiniteQueryOptions({
    ...kept,
    queryKey: keys.history(conversation.conversation_id),
    queryFn: ({ pageParam }) => desk.getTimeline(calls.whom(conversation), pageParam).then(split),
    initialPageParam: {} as desk.Place,
    getNextPageParam: (page: HistoryPage): desk.Place | undefined =>
      page.next_cursor ? { cursor: page.next_cursor } : undefined,
    getPreviousPageParam: (page: HistoryPage): desk.Place | undefined =>
      page.previous_cursor ? { cursor: page.previous_cursor } : undefined,
    maxPages: mostPages,
    // Every page is new anyway, and comparing thousands of messages with each one costs more than it saves.
    structuralSharing: false,
  })
}

function split({ data, next_cursor, previous_cursor }: TimelinePage): HistoryPage {
  return {
    data: data.flatMap(({ message }) => message ?? []),
    notes: data.flatMap(({ note }) => note ?? []),
    next_cursor,
    previous_cursor,
  }
}

/** A part of a conversation's history, oldest first: it grows in both directions and begins where somebody goes. */
export function useHistory(conversation: Conversation) {
  const queries = useQueryClient()
  const history = useInfiniteQuery(historyOptions(conversation))
  const { data } = history
  const messages = useMemo(() => data?.pages.flatMap((page) => page.data).reverse() ?? [], [data])
  const notes = useMemo(() => data?.pages.flatMap((page) => page.notes ?? []).reverse() ?? [], [data])

  /** Puts the part around another place in the place of what is loaded. */
  async function goTo(place: desk.Place): Promise<void> {
    const { queryKey } = historyOptions(conversation)
    const page = split(await desk.getTimeline(calls.whom(conversation), place))
    await queries.cancelQueries({ queryKey })
    queries.setQueryData<HistoryPages>(queryKey, { pages: [page], pageParams: [place] })
  }

  return { ...history, messages, notes, goTo }
}

/** One message that is not in the loaded history: what a quote refers to. */
export function useMessage(id: string | undefined) {
  return useQuery({
    ...queryOptions({ queryKey: keys.message(id ?? ''), queryFn: () => calls.getMessage(id ?? '') }),
    enabled: id !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const usePeople = () => useQuery({ queryKey: keys.people, queryFn: calls.getPeople })
export const useNumbers = () => useQuery({ ...kept, queryKey: keys.numbers, queryFn: calls.getNumbers })
export const useLabels = () => useQuery({ ...kept, queryKey: keys.labels, queryFn: desk.getLabels })
export const useTemplates = () => useQuery({ ...kept, queryKey: keys.templates, queryFn: calls.getTemplates })

/** Messages in trouble, newest first; without a number those of all numbers. */
export function useTroubled(status: Trouble, number = '') {
  return useInfiniteQuery({
    ...kept,
    queryKey: keys.troubled(status, number),
    queryFn: ({ pageParam }) => calls.getTroubled(status, number, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
}

/** The lists that are loaded, whole and narrowed, and where they lie. */
export function cachedLists(queries: QueryClient) {
  return queries
    .getQueryCache()
    .findAll({ queryKey: keys.lists })
    .map(({ queryKey, state }) => {
      const [, tab, narrowing = {}] = queryKey as readonly [string, Tab, Narrowing?]
      return { queryKey, tab, narrowing, pages: (state.data as ConversationPages | undefined)?.pages ?? [] }
    })
}

/** A conversation as any list or the open thread has it. */
export function cachedConversation(queries: QueryClient, id: string): Conversation | undefined {
  const open = queries.getQueryData<Conversation | null>(keys.conversation(id))
  if (open) return open
  for (const { pages } of cachedLists(queries)) {
    for (const page of pages) {
      const found = page.data.find((row) => row.conversation_id === id)
      if (found) return found
    }
  }
}

/** Every conversation that any list or page has loaded, each once, newest first. */
export function cachedConversations(queries: QueryClient): Conversation[] {
  const found = new Map<string, Conversation>()
  for (const { pages } of cachedLists(queries)) {
    for (const page of pages) {
      for (const row of page.data) found.set(row.conversation_id, row)
    }
  }
  for (const [, row] of queries.getQueriesData<Conversation | null>({ queryKey: ['conversation'] })) {
    if (row) found.set(row.conversation_id, row)
  }
  return [...found.values()].toSorted((a, b) => (a.last_at < b.last_at ? 1 : -1))
}
