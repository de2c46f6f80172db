import { useQuery } from '@tanstack/react-query'
import { keys } from '../inbox/data/queries'
import * as calls from './calls'

// The live stream keeps these true, so they do not grow stale by themselves.
const kept = { staleTime: Number.POSITIVE_INFINITY }

/** Whether each takes new conversations. */
export const useAgents = () => useQuery({ ...kept, queryKey: keys.agents, queryFn: calls.getAgents })

/** How each team hands out what waits; also where the names of the teams come from. */
export const useRouting = () => useQuery({ ...kept, queryKey: keys.teams, queryFn: calls.getRouting })

/** Who waits, and who has how much: for those who lead others, and for auditors. */
export const useOverview = (enabled: boolean) =>
  useQuery({
    queryKey: keys.overview,
    queryFn: calls.getOverview,
    enabled,
    // Unread ones and opening hours change without a word of the stream.
    refetchInterval: 60_000,
  })
