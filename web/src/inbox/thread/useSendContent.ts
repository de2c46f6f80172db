import { whom } from '../../api/calls'
import type { Content } from '../../api/content'
import { type Outgoing, useOutgoing } from '../data/outgoing'
import { requestOf } from '../data/request'
import { useThread } from './ThreadContext'

/** Sends something in this conversation; `draft` goes back into the field when it is taken back. */
export function useSendContent(): (content: Content, draft?: string) => Outgoing | null {
  const { conversation } = useThread()
  const outgoing = useOutgoing()
  return (content, draft) => {
    const request = requestOf(content)
    if (!request) return null
    return outgoing.send({
      conversation: conversation.conversation_id,
      to: whom(conversation),
      content,
      draft,
      quoted: content.context?.id,
      ...request,
    })
  }
}

/** The same as an answer to what is quoted above the field, if something is. */
export function useSendAnswer(): (content: Content, draft?: string) => Outgoing | null {
  const send = useSendContent()
  const { takeQuote } = useThread()
  return (content, draft) => send({ ...content, context: takeQuote() }, draft)
}
