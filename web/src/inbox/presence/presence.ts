import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { Presence, Present } from '../../api/desk'
import { getPresence } from '../../api/deskcalls'
import { usePerson } from '../../frame/session'
import { keys } from '../data/queries'

type Everybody = Readonly<Record<string, readonly Present[]>>

/** The live stream has told who is in a conversation now: everybody, the reader too; nobody clears it. */
export function setPresence(queries: QueryClient, { conversation_id, people }: Presence): void {
  queries.setQueryData<Everybody>(keys.presence, (before) => ({ ...before, [conversation_id]: people }))
}

const nobody: readonly Present[] = []

/** The colleagues who are in a conversation at the moment, without the reader. */
export function useColleagues(conversation: string): readonly Present[] {
  const me = usePerson().id
  const { data } = useQuery({
    queryKey: keys.presence,
    queryFn: async (): Promise<Everybody> => {
      const all = await getPresence()
      return Object.fromEntries(all.map(({ conversation_id, people }) => [conversation_id, people]))
    },
    staleTime: Number.POSITIVE_INFINITY,
    select: (all) => all[conversation] ?? nobody,
  })
  const others = data?.filter(({ person_id }) => person_id !== me) ?? nobody
  return others.length > 0 ? others : nobody
}
