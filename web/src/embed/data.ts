import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useState } from 'react'
import type { components } from '../api/schema'
import type { Message, Page, TemplateDefinition } from '../api/types'
import { setClock } from '../ui/clock'
import { follow } from './live'
import type { Session } from './session'

type Schema = components['schemas']

/** What stands around the messages. */
export type PanelData = Schema['PanelShape']

const SessionContext = createContext<Session | null>(null)
export const SessionProvider = SessionContext.Provider

export function usePanelSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('there is no SessionProvider')
  return session
}

export function usePanel() {
  const session = usePanelSession()
  return useQuery({
    queryKey: ['panel'],
    queryFn: async () => {
      const panel = await session.json<PanelData>('panel')
      if (panel.now) setClock(new Date(panel.now))
      // Tokens end by the real time, which Kontor's clock for windows may not be.
      if (panel.expires_at) session.endsAt(new Date(panel.expires_at), new Date())
      return panel
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useMessages() {
  const session = usePanelSession()
  const query = useInfiniteQuery({
    queryKey: ['messages'],
    queryFn: ({ pageParam }) =>
      session.json<Page<Message>>('panel/history', { query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.data).reverse() ?? [], [query.data])
  return { ...query, messages }
}

export function usePanelTemplates(enabled: boolean) {
  const session = usePanelSession()
  return useQuery({
    queryKey: ['templates'],
    queryFn: () => session.json<Page<TemplateDefinition>>('panel/templates').then((page) => page.data),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Facts that come within this time are worked on together. */
const gather = 80

/** Follows the order's stream; whether it stands. */
export function useLivePanel(): boolean {
  const session = usePanelSession()
  const queries = useQueryClient()
  const [live, setLive] = useState(true)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queries.invalidateQueries({ queryKey: ['messages'] })
        void queries.invalidateQueries({ queryKey: ['panel'] })
        session.host.say({ kontor: 'panel', type: 'changed' })
      }, gather)
    }
    const stop = follow(session, { onFact: renew, onHello: renew, onClock: setClock, onLive: setLive })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [session, queries])
  return live
}

/** The file of a message, as an address of this frame's own; the token goes with the request for it. */
export function useFileOf(message: Message, type: string | undefined) {
  const session = usePanelSession()
  const { data, isError, refetch } = useQuery({
    queryKey: ['file', message.message_id],
    queryFn: async () => {
      const answer = await session.fetch(`panel/messages/${encodeURIComponent(message.message_id)}/file`)
      // Never as a page: what a customer sent must not run in this frame's name.
      const kind =
        type && /^(image\/(jpeg|png|webp|gif)|audio\/|video\/)/.test(type) ? type : 'application/octet-stream'
      return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: kind }))
    },
    enabled: type !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: 2,
  })
  return { src: data, failed: isError, again: () => void refetch() }
}
