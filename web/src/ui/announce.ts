/** What the live region says at the moment. */
let said = { text: '', urgent: false }
const listeners = new Set<() => void>()

/**
 * Reads a sentence out to people who cannot see the change: a mode of the composer, a new message, what an
 * action did. `urgent` interrupts what is being read; keep it for what needs an answer.
 */
export function announce(text: string, { urgent = false } = {}): void {
  // A region whose text does not change stays silent, so the same sentence twice gets an invisible difference.
  said = { text: text === said.text ? `${text}\u00a0` : text, urgent }
  for (const changed of listeners) changed()
}

export function subscribeToAnnouncements(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

export function currentAnnouncement() {
  return said
}
