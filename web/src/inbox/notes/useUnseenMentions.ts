import { useQuery } from '@tanstack/react-query'
import { getUnseenMentions } from '../../api/deskcalls'
import { keys } from '../data/queries'

/** Notes that name whoever is signed in and that they have not looked at; the live stream says when there are more. */
export function useUnseenMentions() {
  return useQuery({
    queryKey: [...keys.mentions, 'unseen'],
    queryFn: getUnseenMentions,
    staleTime: 30_000,
  })
}
