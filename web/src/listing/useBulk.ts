import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Conversation } from '../api/types'
import { keys } from '../inbox/data/queries'
import { announce } from '../ui/announce'
import { toast } from '../ui/Toast'
import { type BulkDo, bulk, parts, undoOf } from './bulk'

/** One that was left as it was: why, as the server or the line to it says. */
export interface NotDone {
  conversation: Conversation
  /** A Refusal's code and words, or what was thrown. */
  why: { code: string; detail: string } | { error: unknown }
}

/** How far it has come. */
export interface Progress {
  done: number
  of: number
}

/** Does the same with many conversations, part by part; what was done can be taken back. */
export function useBulk() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [progress, setProgress] = useState<Progress | null>(null)
  const [notDone, setNotDone] = useState<NotDone[]>([])
  const stopped = useRef(false)

  async function run(conversations: readonly Conversation[], body: BulkDo, said: (count: number) => string) {
    const byId = new Map(conversations.map((row) => [row.conversation_id, row]))
    const done: Conversation[] = []
    const left: NotDone[] = []
    stopped.current = false
    setProgress({ done: 0, of: byId.size })
    for (const part of parts({ ids: [...byId.keys()], body })) {
      if (stopped.current) break
      const rows = part.ids.flatMap((id) => byId.get(id) ?? [])
      try {
        for (const { conversation_id, ok, code, detail } of await bulk(part)) {
          const conversation = byId.get(conversation_id)
          if (!conversation) continue
          if (ok) done.push(conversation)
          else left.push({ conversation, why: { code: code ?? '', detail: detail ?? '' } })
        }
      } catch (error) {
        // Whether a part was done whose answer is missing shows when the list is asked for anew.
        left.push(...rows.map((conversation) => ({ conversation, why: { error } })))
        break
      } finally {
        setProgress({ done: done.length + left.length, of: byId.size })
      }
    }
    setProgress(null)
    setNotDone(left)
    for (const queryKey of [keys.lists, keys.counts, ['conversation']])
      void queries.invalidateQueries({ queryKey })
    const text = said(done.length)
    const undo = undoOf(body, done)
    if (done.length > 0) toast({ text, onUndo: undo.length > 0 ? () => void takeBack(undo) : undefined })
    announce(left.length > 0 ? t`${text} ${left.length} not done.` : text)
    return new Set(done.map(({ conversation_id }) => conversation_id))
  }

  async function takeBack(calls: ReturnType<typeof undoOf>) {
    let refused = 0
    try {
      for (const part of calls.flatMap((call) => parts(call)))
        refused += (await bulk(part)).filter(({ ok }) => !ok).length
    } catch {
      refused = -1
    }
    for (const queryKey of [keys.lists, keys.counts, ['conversation']])
      void queries.invalidateQueries({ queryKey })
    if (refused !== 0) toast({ text: t`Not everything could be taken back. Look at the list.`, tone: 'info' })
    else announce(t`Taken back.`)
  }

  return {
    run,
    progress,
    notDone,
    /** What was not done has been read. */
    forget: () => setNotDone([]),
    stop: () => {
      stopped.current = true
    },
  }
}
