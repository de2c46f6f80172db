import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import type { Conversation } from '../../api/types'
import { noteOf, quoteOf, readDraft, useDraft, writeDraft } from './drafts'
import { keys } from './queries'

/** So long, in ms, nothing is typed before the server is told. */
const pause = 1_200

/**
 * What is typed here is there on the person's other machines too: told to the server when the typing rests, taken
 * from it where nothing is typed yet. This browser's own copy is the first one, so a server that cannot be reached
 * loses nothing.
 */
export function useServerDraft(conversation: Conversation): void {
  const queries = useQueryClient()
  const id = conversation.conversation_id
  const reply = useDraft(id)
  const note = useDraft(noteOf(id))
  const quote = useDraft(quoteOf(id))
  const told = useRef({ reply, note, quote })
  const current = useRef(conversation)
  current.current = conversation

  useEffect(() => {
    if (readDraft(id) || readDraft(noteOf(id))) return
    let left = false
    async function look() {
      const listed = await queries.fetchQuery({
        queryKey: keys.drafts,
        queryFn: desk.getDrafts,
        staleTime: 15_000,
      })
      if (!listed.some((draft) => draft.conversation_id === id)) return
      const { text, mode, reply_to } = await desk.getDraft(whom(current.current))
      if (left || readDraft(id) || readDraft(noteOf(id))) return
      told.current = { reply: '', note: '', quote: reply_to ?? '', [mode]: text }
      if (reply_to) writeDraft(quoteOf(id), reply_to)
      writeDraft(mode === 'note' ? noteOf(id) : id, text)
    }
    look().catch(() => undefined)
    return () => {
      left = true
    }
  }, [queries, id])

  useEffect(() => {
    const before = told.current
    if (before.reply === reply && before.note === note && before.quote === quote) return
    const mode = before.note !== note ? 'note' : 'reply'
    const timer = setTimeout(() => {
      told.current = { reply, note, quote }
      // The server keeps one draft of a conversation: what was typed last, else what is left.
      const [said, as] = mode === 'note' ? [note, 'note' as const] : [reply, 'reply' as const]
      const other = as === 'note' ? (['reply', reply] as const) : (['note', note] as const)
      const [kind, text] = said === '' ? other : [as, said]
      const answers = kind === 'reply' && quote ? quote : undefined
      desk.putDraft(whom(current.current), kind, text, answers).catch(() => undefined)
    }, pause)
    return () => clearTimeout(timer)
  }, [reply, note, quote])
}
