import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import type { Media } from '../api/content'
import type { Accepted, Message, Page, TemplateDefinition } from '../api/types'

/**
 * The correspondence about one order, wherever it is shown: in the app with the session, in another system's page
 * with a panel's token. The parts that show and send know this and no more.
 */
export interface OrderDesk {
  /** Names the order's draft on this machine. */
  draft: string
  order: { id: string; customer: { name: string; language: string | null } }
  windowUntil: string | null
  /** Where the messages lie in the cache. */
  key: readonly unknown[]
  /** Newest first. */
  history(cursor?: string): Promise<Page<Message>>
  /** The approved templates that the order's number can send. */
  templates(): Promise<TemplateDefinition[]>
  send(body: object, key: string): Promise<Accepted>
  /** The words stand under the file; not for sound. */
  sendFile(file: File, caption: string, key: string, onProgress: (share: number) => void): Promise<Accepted>
  file(message: Message, media: Media): Promise<ArrayBuffer>
  /** Something has gone out. */
  onSent(sent: Accepted): void
}

const DeskContext = createContext<OrderDesk | null>(null)
export const DeskProvider = DeskContext.Provider

export function useDesk(): OrderDesk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('there is no DeskProvider')
  return desk
}

export function useMessages() {
  const desk = useDesk()
  const query = useInfiniteQuery({
    queryKey: desk.key,
    queryFn: ({ pageParam }) => desk.history(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.data).reverse() ?? [], [query.data])
  return { ...query, messages }
}

export function useDeskTemplates() {
  const desk = useDesk()
  return useQuery({
    queryKey: ['order-templates', ...desk.key],
    queryFn: () => desk.templates(),
    staleTime: 60_000,
  })
}

/** The file of a message, as an address of this page's own; undefined `type`: not yet wanted. */
export function useFileOf(message: Message, media: Media, type: string | undefined) {
  const desk = useDesk()
  const { data, isError, refetch } = useQuery({
    queryKey: ['order-file', message.message_id, media.media_id],
    queryFn: async () => {
      // Never as a page: what a customer sent must not run in the house's name.
      const kind =
        type && /^(image\/(jpeg|png|webp|gif)|audio\/|video\/)/.test(type) ? type : 'application/octet-stream'
      return URL.createObjectURL(new Blob([await desk.file(message, media)], { type: kind }))
    },
    enabled: type !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: 2,
  })
  return { src: data, failed: isError, again: () => void refetch() }
}
