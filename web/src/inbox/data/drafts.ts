import { useSyncExternalStore } from 'react'

let prefix = ''
const listeners = new Set<() => void>()
/** For browsers that forbid storage: drafts then live as long as the page. */
const here = new Map<string, string>()

/** Whose drafts are meant from now on: people who share a machine do not read what the others began. */
export function keepDraftsOf(person: string): void {
  const theirs = `kontor.draft.${person}.`
  if (theirs === prefix) return
  prefix = theirs
  here.clear()
  for (const changed of listeners) changed()
}

keepDraftsOf('')

/** Notes have a draft of their own beside that of the answer. */
export const noteOf = (conversation: string) => `${conversation}:note`

/** The message that an answer will quote, by its id: no draft by itself, and kept like one. */
export const quoteOf = (conversation: string) => `${conversation}:quote`

/** What was typed for a conversation and not sent; it outlives the page. */
export function readDraft(conversation: string): string {
  const known = here.get(conversation)
  if (known !== undefined) return known
  try {
    return localStorage.getItem(prefix + conversation) ?? ''
  } catch {
    return ''
  }
}

export function writeDraft(conversation: string, text: string): void {
  here.set(conversation, text)
  try {
    if (text === '') localStorage.removeItem(prefix + conversation)
    else localStorage.setItem(prefix + conversation, text)
  } catch {
    // Full or forbidden: the copy above is all there is.
  }
  for (const changed of listeners) changed()
}

export function useDraft(conversation: string): string {
  return useSyncExternalStore(subscribe, () => readDraft(conversation))
}

/** How many conversations have one. */
export function useDraftCount(): number {
  return useSyncExternalStore(subscribe, countDrafts)
}

function countDrafts(): number {
  const found = new Set([...here].filter(([, text]) => text !== '').map(([id]) => id))
  try {
    for (let place = 0; place < localStorage.length; place++) {
      const name = localStorage.key(place)
      if (name?.startsWith(prefix)) found.add(name.slice(prefix.length))
    }
  } catch {
    // Forbidden: the copies above count.
  }
  return [...found].filter((id) => !id.endsWith(quoteOf(''))).length
}

/** Another tab writes drafts too. */
function onStorage({ key, newValue }: StorageEvent): void {
  if (!key?.startsWith(prefix)) return
  here.set(key.slice(prefix.length), newValue ?? '')
  for (const changed of listeners) changed()
}

function subscribe(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', onStorage)
  listeners.add(changed)
  return () => {
    listeners.delete(changed)
    if (listeners.size === 0) window.removeEventListener('storage', onStorage)
  }
}
