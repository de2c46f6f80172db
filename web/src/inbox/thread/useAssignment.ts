import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import * as calls from '../../api/calls'
import { Refusal } from '../../api/client'
import type { Conversation } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { type Format, useFormat } from '../../i18n/format'
import { announce } from '../../ui/announce'
import { clockNow } from '../../ui/clock'
import { toast } from '../../ui/Toast'
import { putConversation } from '../data/facts'
import { keys } from '../data/queries'
import { contactName, shortName } from '../words'

/** Who has a conversation, and the ways to change it. The server decides who was first. */
export interface Assignment {
  mine: boolean
  /** The person of the house who has it, if that is somebody else. */
  other: string | null
  claim: () => void
  /** Claims it, or gives it back when it is mine. */
  toggle: () => void
  /** Also when somebody else has it. */
  takeOver: () => void
  release: () => void
  /** Whether it is done. */
  resolve: () => Promise<boolean>
}

/** Who was faster, and how long ago, by what the server said and has now. */
export async function faster(conversation: Conversation, refused: Refusal, format: Format) {
  const fresh = await calls.getConversation(conversation.conversation_id).catch(() => null)
  const since = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(refused.detail)?.[0]
  return {
    fresh,
    name: shortName(fresh?.assignee?.name ?? ''),
    ago: since ? format.ago(new Date(since), new Date(clockNow())) : '',
  }
}

export function useAssignment(conversation: Conversation): Assignment {
  const { t } = useLingui()
  const queries = useQueryClient()
  const format = useFormat()
  const words = useRefusalWords()
  const me = usePerson()
  const busy = useRef(false)
  const { state, assignee } = conversation
  const to = calls.whom(conversation)
  const mine = state === 'assigned' && assignee?.person_id === me.id
  const other = state === 'assigned' && assignee && !mine ? shortName(assignee.name) : null

  /** One change at a time; the answer is shown before the live stream tells of it. */
  async function change(call: () => Promise<Conversation>, said?: string): Promise<boolean> {
    if (busy.current) return false
    busy.current = true
    try {
      putConversation(queries, await call(), me.id)
      void queries.invalidateQueries({ queryKey: keys.counts })
      if (said) announce(said)
      return true
    } catch (error) {
      if (error instanceof Refusal && error.code === 'already_assigned') await lost(error)
      else toast({ text: words(error).text, tone: 'info' })
      return false
    } finally {
      busy.current = false
    }
  }

  /** Somebody was faster. */
  async function lost(refused: Refusal) {
    const { fresh, name, ago } = await faster(conversation, refused, format)
    if (fresh) putConversation(queries, fresh, me.id)
    const text = name && ago ? t`${name} took this ${ago}.` : words(refused).text
    toast({ text, tone: 'info' })
    announce(text)
  }

  async function resolve(): Promise<boolean> {
    if (state === 'closed') return false
    const name = contactName(conversation.contact)
    const done = await change(() => calls.close(to))
    if (!done) return false
    toast({
      text: t`Resolved: ${name}`,
      onUndo: () => void change(() => (assignee ? calls.assign(to, assignee.person_id) : calls.release(to))),
    })
    announce(t`Resolved: ${name}`)
    return true
  }

  const claim = () => void change(() => calls.assign(to), t`You have this conversation.`)
  const release = () => void change(() => calls.release(to), t`It is back among the unassigned.`)
  return {
    mine,
    other,
    claim,
    release,
    toggle: mine ? release : claim,
    takeOver: () => void change(() => calls.assign(to, undefined, true), t`You have this conversation.`),
    resolve,
  }
}
