import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { type LiveState, listen } from '../../api/live'
import type { Conversation } from '../../api/types'
import { usePresence } from '../../frame/session'
import { announce } from '../../ui/announce'
import { setClock } from '../../ui/clock'
import { Bell } from '../prefs/bell'
import { setPresence } from '../presence/presence'
import { contactName, usePreview } from '../words'
import { Facts } from './facts'

/** Follows the live stream as long as the page is shown; the caches stay true without asking again and again. */
export function useLive(me: string): LiveState {
  const { t } = useLingui()
  const queries = useQueryClient()
  const preview = usePreview()
  const { returns } = usePresence()
  const [state, setState] = useState<LiveState>({ live: true })
  const navigate = useNavigate()
  const [bell] = useState(() => new Bell())
  const say = useRef<(conversation: Conversation, given: boolean) => void>(undefined)

  useEffect(() => {
    say.current = (conversation, given) => {
      const { assignee, last_message, contact, unread } = conversation
      if (assignee && assignee.person_id !== me) return
      const name = contactName(contact)
      const text = last_message?.direction === 'inbound' ? preview(last_message).text : ''
      const title = given ? t`You were given the conversation with ${name}` : t`New message from ${name}`
      announce(given ? title : t`New message from ${name}: ${text}`)
      if (!assignee || (unread === 0 && !given)) return
      const id = conversation.conversation_id
      const onOpen = () => void navigate({ to: '/c/$conversation', params: { conversation: id } })
      bell.call({ conversation: id, title, body: text, onOpen, unread: unread > 0 })
    }
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has signed in again does not wait for the next try
  useEffect(() => {
    const facts = new Facts({
      queries,
      me,
      onReceived: (conversation) => say.current?.(conversation, false),
      onGiven: (conversation) => say.current?.(conversation, true),
    })
    const stop = listen({
      onFact: (fact) => {
        facts.take(fact)
        const ended = [
          'conversation.read',
          'conversation.closed',
          'conversation.assigned',
          'conversation.released',
        ]
        if (fact.conversation_id && ended.includes(fact.kind)) bell.hush(fact.conversation_id)
      },
      onHello: () => facts.refresh(),
      onClock: setClock,
      onPresence: (presence) => setPresence(queries, presence),
      onState: setState,
      // The session may be why; asking for it leads to the sign-in page if it is.
      onRefused: () => void queries.invalidateQueries({ queryKey: ['me'] }),
    })
    return () => {
      stop()
      facts.stop()
      bell.stop()
    }
  }, [queries, me, bell, returns])

  return state
}
