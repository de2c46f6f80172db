import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import * as calls from '../api/calls'
import { onSignedOut, Refusal } from '../api/client'
import type { Me } from '../api/types'

export interface Session {
  person: {
    id: string
    name: string
    /** Empty for whoever comes in by links only. */
    email: string
    role: string
    locale: string
    rights: readonly string[]
  }
  workspace: string
}

const key = ['me'] as const

/** The signed-in person; null when nobody is. A cookie carries the session, so there is no token to keep. */
export function useSession() {
  return useQuery({
    queryKey: key,
    queryFn: ({ client }) => getSession(client.getQueryData<Session | null>(key) ?? null),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The person who is signed in, for pages inside the frame, which show nothing to anybody else. */
export function usePerson(): Session['person'] {
  const session = useSession().data
  if (!session) throw new Error('a page inside the frame was shown without a session')
  return session.person
}

/**
 * Whether the session of the person in front of the page has ended, and how often they have come back since. The
 * page stays as it is meanwhile, with its drafts and its place.
 */
export interface Presence {
  ended: boolean
  returns: number
}

let presence: Presence = { ended: false, returns: 0 }
const listeners = new Set<() => void>()

export const usePresence = () => useSyncExternalStore(subscribe, () => presence)

/** Notices when any answer of the server says that the session has ended. */
export function watchSession(queries: QueryClient): () => void {
  return onSignedOut(() => {
    if (queries.getQueryData(key)) turn({ ...presence, ended: true })
    else queries.setQueryData(key, null)
  })
}

/**
 * After a sign-in at a page that stayed open: everything is asked for anew. Whoever is somebody else gets a page
 * of their own, with nothing of the former person's in its memory.
 */
export async function comeBack(queries: QueryClient): Promise<void> {
  const former = queries.getQueryData<Session | null>(key)
  const now = await getSession(null)
  if (!now) return
  if (former && former.person.id !== now.person.id) {
    window.location.assign('/')
    return
  }
  queries.setQueryData(key, now)
  turn({ ended: false, returns: presence.returns + 1 })
  await queries.invalidateQueries()
}

/** Ends the session on the server and starts the page anew, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await calls.signOut().catch((error: unknown) => {
    // Signed out already is what was wanted.
    if (!(error instanceof Refusal && error.status === 401)) throw error
  })
  window.location.assign('/signin')
}

/** Who speaks; whoever was here before stays in front of the page when the session has ended. */
async function getSession(former: Session | null): Promise<Session | null> {
  try {
    return read(await calls.getMe())
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return former
    throw error
  }
}

function read({ person, workspace, rights }: Me): Session | null {
  if (!person) return null
  const { person_id: id, name, email, role, locale } = person
  return { person: { id, name, email, role, locale, rights }, workspace: workspace.name }
}

function turn(next: Presence): void {
  presence = next
  for (const changed of listeners) changed()
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
