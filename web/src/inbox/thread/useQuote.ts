import type { Message } from '../../api/types'
import { quoteOf, useDraft, writeDraft } from '../data/drafts'
import { useMessage } from '../data/queries'

/** The message that the next letter answers, and what changes it: a part of the draft, kept as its words are. */
export function useQuote(conversation: string, messages: ReadonlyMap<string, Message>) {
  const id = useDraft(quoteOf(conversation))
  const here = messages.get(id)
  const asked = useMessage(id && !here ? id : undefined)
  const quote = (message: Message | undefined) => writeDraft(quoteOf(conversation), message?.message_id ?? '')
  return [id ? (here ?? asked.data) : undefined, quote] as const
}
