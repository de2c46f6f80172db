import { createContext, useContext } from 'react'
import type { Context } from '../../api/content'
import type { Conversation, Message } from '../../api/types'
import type { Outgoing } from '../data/outgoing'

/** What the parts of a thread need of it. */
export interface ThreadPlace {
  conversation: Conversation
  /** By our id and by WhatsApp's, as far as they are loaded. */
  messages: ReadonlyMap<string, Message>
  /** Scrolls to a message that is loaded. */
  jumpTo: (messageId: string) => void
  /** Makes the next letter an answer to this message. */
  quote: (message: Message) => void
  /** What the next letter answers, if something is quoted; it is quoted no longer. */
  takeQuote: () => Context | undefined
  openTemplates: () => void
  /** Puts the words of a letter that was not sent back into the field. */
  editLetter: (letter: Outgoing) => void
  /** Whether this person may write here: nobody else has the conversation. */
  mayWrite: boolean
}

const ThreadContext = createContext<ThreadPlace | null>(null)
export const ThreadProvider = ThreadContext.Provider

export function useThread(): ThreadPlace {
  const place = useContext(ThreadContext)
  if (!place) throw new Error('there is no ThreadProvider')
  return place
}
