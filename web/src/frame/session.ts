import { type QueryClient, useQuery } from '@tanstack/react-query'
import * as calls from '../api/calls'
import { onSignedOut, Refusal } from '../api/client'
import type { Me } from '../api/types'

export interface Session {
  person: { id: string; name: string; role: string; locale: string; rights: readonly string[] }
  workspace: string
}

const key = ['me'] as const

/** The signed-in person; null when nobody is. The sign-in link sets a cookie, so there is no token to keep. */
export function useSession() {
  return useQuery({ queryKey: key, queryFn: getSession, staleTime: Number.POSITIVE_INFINITY })
}

/** The person who is signed in, for pages inside the frame, which show nothing to anybody else. */
export function usePerson(): Session['person'] {
  const session = useSession().data
  if (!session) throw new Error('a page inside the frame was shown without a session')
  return session.person
}

/** Leads to the sign-in page as soon as any answer of the server says that the session has ended. */
export function watchSession(queries: QueryClient): () => void {
  return onSignedOut(() => queries.setQueryData(key, null))
}

/** Ends the session on the server and starts the page anew, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await calls.signOut().catch((error: unknown) => {
    // Signed out already is what was wanted.
    if (!(error instanceof Refusal && error.status === 401)) throw error
  })
  window.location.assign('/signin')
}

async function getSession(): Promise<Session | null> {
  try {
    return read(await calls.getMe())
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return null
    throw error
  }
}

function read({ person, workspace, rights }: Me): Session | null {
  if (!person) return null
  const { person_id: id, name, role, locale } = person
  return { person: { id, name, role, locale, rights }, workspace: workspace.name }
}
