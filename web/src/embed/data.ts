import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState } from 'react'
import type { components } from '../api/schema'
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

/** Facts that come within this time are worked on together. */
const gather = 80

/** Follows the order's stream; whether it stands. `rest`: there is nothing to follow. */
export function useLivePanel(rest: boolean): boolean {
  const session = usePanelSession()
  const queries = useQueryClient()
  const [live, setLive] = useState(true)
  useEffect(() => {
    if (rest) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queries.invalidateQueries({ queryKey: ['messages'] })
        void queries.invalidateQueries({ queryKey: ['panel'] })
        session.host.say({ kontor: 'panel', type: 'changed' })
      }, gather)
    }
    const stop = follow(session, {
      onFact: renew,
      onHello: renew,
      onClock: setClock,
      onLive: setLive,
      onRefused: () => void queries.invalidateQueries({ queryKey: ['panel'] }),
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [session, queries, rest])
  return live
}
