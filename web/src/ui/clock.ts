let ahead = 0
const listeners = new Set<() => void>()

/**
 * The present moment in milliseconds since 1970, by the clock that rules go by: the server's, as far as it has
 * told, since this machine's may be wrong and a sandbox moves its own.
 */
export function clockNow(): number {
  return Date.now() + ahead
}

/** The server has told its time. Small differences are the way of the message and change nothing. */
export function setClock(now: Date): void {
  const next = now.getTime() - Date.now()
  if (Math.abs(next - ahead) < 2_000) return
  ahead = Math.abs(next) < 2_000 ? 0 : next
  for (const jumped of listeners) jumped()
}

/** Calls when the clock has jumped. */
export function onClockJump(jumped: () => void): () => void {
  listeners.add(jumped)
  return () => listeners.delete(jumped)
}
