import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { markRead, whom } from '../../api/calls'
import type { Conversation } from '../../api/types'
import { putConversation } from './facts'
import { keys } from './queries'

/**
 * An open conversation is read while somebody can see it who may answer there. Whoever reads along changes nothing:
 * for the colleague who has it the messages stay unread, and WhatsApp tells the customer of no reading.
 */
export function useMarkRead(conversation: Conversation, me: string, mayWrite: boolean): void {
  const queries = useQueryClient()
  const visible = useVisible()
  const { unread } = conversation
  const id = conversation.conversation_id

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each new unread message, whatever else changes
  useEffect(() => {
    if (!visible || !mayWrite || unread === 0) return
    putConversation(queries, { ...conversation, unread: 0 }, me)
    markRead(whom(conversation)).then(
      () => queries.invalidateQueries({ queryKey: keys.counts }),
      // The next message, or the next look, tries again.
      () => putConversation(queries, conversation, me),
    )
  }, [id, unread > 0, visible, mayWrite])
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible')
  useEffect(() => {
    const changed = () => setVisible(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  }, [])
  return visible
}
