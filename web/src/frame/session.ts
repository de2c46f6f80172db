import { useQuery } from '@tanstack/react-query'

export interface Person {
  id: string
  name: string
}

/** The signed-in person; null when nobody is. The sign-in link sets a cookie, so there is no token to keep. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: async (): Promise<Person | null> => {
      const answer = await fetch('/api/v1/session')
      if (answer.status === 401) return null
      if (!answer.ok) throw new Error(`session: the server answered ${answer.status}`)
      return answer.json()
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Ends the session on the server and starts the page anew, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await fetch('/api/v1/session', { method: 'DELETE' })
  window.location.assign('/signin')
}
