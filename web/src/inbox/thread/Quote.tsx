import { useLingui } from '@lingui/react/macro'
import { LayoutTemplate } from 'lucide-react'
import type { Context } from '../../api/content'
import type { Message } from '../../api/types'
import { BubbleQuote } from '../../ui/Bubble'
import { useMessage } from '../data/queries'
import { contactName, usePreview } from '../words'
import { useThread } from './ThreadContext'

/** What a message answers: found in the loaded history, else asked for, else said to be earlier. */
export function Quote({ context }: { context: Context }) {
  const { t } = useLingui()
  const { conversation, messages, jumpTo } = useThread()
  const preview = usePreview()
  const { id, referred_product: product } = context
  const here = id ? messages.get(id) : undefined
  const asked = useMessage(here ? undefined : id)
  const message = here ?? asked.data
  const names = useAuthorName()

  if (product) return <BubbleQuote author={t`Product`} text={product.product_retailer_id} />
  if (!id) return null
  if (!message) return <BubbleQuote author={t`An earlier message`} text={asked.isPending ? '\u00a0' : ''} />
  const { template } = message.content
  return (
    <BubbleQuote
      author={
        template ? (
          <span className="inline-flex items-center gap-1.5">
            <LayoutTemplate aria-hidden size={13} strokeWidth={2} />
            {t`Template · ${template.name}`}
          </span>
        ) : (
          names(message)
        )
      }
      text={preview(message).text}
      onOpen={
        message.conversation_id === conversation.conversation_id
          ? () => jumpTo(message.message_id)
          : undefined
      }
    />
  )
}

/** Who wrote a message, as the other side of a quote says it. */
export function useAuthorName(): (message: Message) => string {
  const { t } = useLingui()
  const { conversation } = useThread()
  return ({ direction, author }) => {
    if (direction === 'inbound') return contactName(conversation.contact)
    if (author?.kind === 'greeting') return t`Greeting`
    return author?.name || conversation.number_name
  }
}
