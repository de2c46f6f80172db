import { type QueryClient, skipToken, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { keys } from '../data/queries'

/** What the live stream said of the file of a message: it is here, or it will not come. */
export interface Arrival {
  state: 'stored' | 'failed'
  /** Another one each time, so that a page that gave up tries again. */
  count: number
}

/** The message that the cards inside belong to; empty for a letter that the server does not know yet. */
export const MessageIdContext = createContext('')

/** What is known of the file of the message around. */
export function useArrival(): Arrival | null {
  const message = useContext(MessageIdContext)
  const { data } = useQuery<Arrival>({
    queryKey: keys.file(message),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return data ?? null
}

/** The live stream has told of the file of a message. */
export function fileArrived(queries: QueryClient, message: string, state: Arrival['state']): void {
  queries.setQueryData<Arrival>(keys.file(message), (before) => ({ state, count: (before?.count ?? 0) + 1 }))
}

/** The stream has begun anew, and may have missed any file: the pages that wait for one ask once more. */
export function filesMayHaveArrived(queries: QueryClient): void {
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: keys.files })) {
    fileArrived(queries, String(queryKey[1]), 'stored')
  }
}
