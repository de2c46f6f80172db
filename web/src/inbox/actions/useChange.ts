import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Conversation } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { announce } from '../../ui/announce'
import { toast } from '../../ui/Toast'
import { putConversation } from '../data/facts'
import { keys } from '../data/queries'

/** Changes a conversation on the server and shows its answer everywhere, before the live stream tells of it. */
export function useChange() {
  const queries = useQueryClient()
  const me = usePerson()
  const words = useRefusalWords()
  return useCallback(
    async (call: () => Promise<Conversation>, said?: string): Promise<boolean> => {
      try {
        putConversation(queries, await call(), me.id)
        void queries.invalidateQueries({ queryKey: keys.counts })
        if (said) announce(said)
        return true
      } catch (error) {
        toast({ text: words(error).text, tone: 'info' })
        return false
      }
    },
    [queries, me.id, words],
  )
}
