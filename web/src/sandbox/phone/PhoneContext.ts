import { createContext, useContext } from 'react'
import type { Message } from '../model'
import type { Written } from '../taps'

/** What a message on the screen can make its phone do. */
export interface PhoneActions {
  /** Why nothing can be written now; empty when it can. */
  locked: string
  /** Sends for the customer. The promise tells whether it went out; a failure is shown in the composer. */
  write(message: Written, file?: File): Promise<boolean>
  quote(message: Message): void
  played(message: Message): void
  /** What was chosen of a message with buttons or a list; null while nothing was. */
  chosen(message: Message): string | null
  /** The message with that id on this phone. */
  find(id: string): Message | undefined
  show(id: string): void
  /** Opens the form for a place or a card, to be sent as the answer to a message. */
  ask(form: 'place' | 'contact', quote?: Message): void
}

export const PhoneContext = createContext<PhoneActions | null>(null)

export function usePhone(): PhoneActions {
  const phone = useContext(PhoneContext)
  if (!phone) throw new Error('this part belongs inside a phone')
  return phone
}
