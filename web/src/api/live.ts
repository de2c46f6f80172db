import { address } from './client'
import type { Presence } from './desk'
import type { Fact } from './types'

/** `since` is when the connection was lost. */
export type LiveState = { live: true } | { live: false; since: Date | null }

interface Listening {
  onFact: (fact: Fact) => void
  /** The stream has begun, for the first time or again: whatever was loaded before may be stale. */
  onHello: () => void
  /** The time by which the server counts windows; again whenever it has jumped. */
  onClock: (now: Date) => void
  /** Who is in a conversation now, everybody; empty when nobody is any more. */
  onPresence?: (presence: Presence) => void
  onState: (state: LiveState) => void
  /** The server refuses the stream: it is down, or the session has ended. */
  onRefused?: () => void
  /** In place of the browser's own, for tests. */
  open?: (url: string) => EventSource
  now?: () => Date
}

const firstWait = 1_000
const longestWait = 30_000

/**
 * The live stream of the workspace, one for each tab. The browser itself reconnects after a broken line, with
 * the last cursor in Last-Event-ID; where it gives up (any answer but 200) this begins anew with that cursor in
 * the address, later each time. Returns what ends it.
 */
export function listen(listening: Listening): () => void {
  const { onFact, onHello, onClock, onPresence, onState, onRefused } = listening
  const open = listening.open ?? ((url) => new EventSource(url))
  const now = listening.now ?? (() => new Date())
  let cursor = ''
  let wait = firstWait
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource | undefined
  let lost: Date | null = null

  function begin() {
    clearTimeout(timer)
    source?.close()
    source = open(address('events', { cursor }))
    source.addEventListener('hello', (event) => {
      wait = firstWait
      lost = null
      remember(event)
      onState({ live: true })
      onHello()
    })
    source.addEventListener('fact', (event) => {
      remember(event)
      onFact(JSON.parse(event.data))
    })
    source.addEventListener('clock', (event) => onClock(new Date(JSON.parse(event.data).now)))
    source.addEventListener('presence', (event) => onPresence?.(JSON.parse(event.data)))
    source.addEventListener('error', broke)
  }

  function remember(event: MessageEvent) {
    if (event.lastEventId) cursor = event.lastEventId
  }

  function broke() {
    lost ??= now()
    onState({ live: false, since: lost })
    // 2 is CLOSED: the browser will not try again by itself.
    if (source?.readyState !== 2) return
    onRefused?.()
    clearTimeout(timer)
    timer = setTimeout(begin, wait)
    wait = Math.min(longestWait, wait * 2)
  }

  function offline() {
    lost ??= now()
    onState({ live: false, since: lost })
  }

  begin()
  window.addEventListener('offline', offline)
  window.addEventListener('online', begin)
  return () => {
    window.removeEventListener('offline', offline)
    window.removeEventListener('online', begin)
    clearTimeout(timer)
    source?.close()
  }
}
