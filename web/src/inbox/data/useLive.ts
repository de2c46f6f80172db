import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { type LiveState, listen } from '../../api/live'
import type { Conversation } from '../../api/types'
import { announce } from '../../ui/announce'
import { setClock } from '../../ui/clock'
import { contactName, usePreview } from '../words'
import { Facts } from './facts'

/** Follows the live stream as long as the page is shown; the caches stay true without asking again and again. */
export function useLive(me: string): LiveState {
  const { t } = useLingui()
  const queries = useQueryClient()
  const preview = usePreview()
  const [state, setState] = useState<LiveState>({ live: true })
  const say = useRef<(conversation: Conversation) => void>(undefined)

  useEffect(() => {
    say.current = (conversation) => {
      const { assignee, last_message, contact } = conversation
      if (assignee && assignee.person_id !== me) return
      const name = contactName(contact)
      const text = last_message?.direction === 'inbound' ? preview(last_message).text : ''
      announce(t`New message from ${name}: ${text}`)
    }
  })

  useEffect(() => {
    const facts = new Facts({ queries, me, onReceived: (conversation) => say.current?.(conversation) })
    const stop = listen({
      onFact: (fact) => facts.take(fact),
      onHello: () => facts.refresh(),
      onClock: setClock,
      onState: setState,
      // The session may be why; asking for it leads to the sign-in page if it is.
      onRefused: () => void queries.invalidateQueries({ queryKey: ['me'] }),
    })
    return () => {
      stop()
      facts.stop()
    }
  }, [queries, me])

  return state
}
