import { useEffect, useMemo, useRef } from 'react'
import { bePresent } from '../../api/deskcalls'
import type { Conversation } from '../../api/types'

/** Somebody who reads is seen for 40 s, so they say so again in good time, in ms. */
const viewing = 15_000
/** Typing is told at most so often, in ms. */
const typing = 3_000

/**
 * Tells colleagues that this conversation is being read, while somebody can see it, and that an answer or a note is
 * being written. What cannot be told is no trouble of the reader's, so a failure is kept quiet.
 */
export function useBeingHere(conversation: Conversation): { typing: () => void } {
  const current = useRef(conversation)
  current.current = conversation
  const told = useRef(0)
  const id = conversation.conversation_id

  // biome-ignore lint/correctness/useExhaustiveDependencies: told for each conversation, whatever else of it changes
  useEffect(() => {
    const here = current.current
    const tell = (state: 'viewing' | 'left') => void bePresent(here, state).catch(() => undefined)
    let timer: ReturnType<typeof setInterval> | undefined
    function follow() {
      clearInterval(timer)
      const seen = document.visibilityState === 'visible'
      tell(seen ? 'viewing' : 'left')
      if (seen) timer = setInterval(() => tell('viewing'), viewing)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', follow)
      tell('left')
    }
  }, [id])

  return useMemo(
    () => ({
      typing() {
        const now = performance.now()
        if (told.current > 0 && now - told.current < typing) return
        told.current = now
        bePresent(current.current, 'typing').catch(() => undefined)
      },
    }),
    [],
  )
}
