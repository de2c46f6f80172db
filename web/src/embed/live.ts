import { Refusal } from '../api/client'
import type { Fact } from '../api/types'
import type { Session } from './session'

interface Listening {
  onFact: (fact: Fact) => void
  /** The stream has begun, for the first time or again. */
  onHello: () => void
  onClock: (now: Date) => void
  onLive: (live: boolean) => void
  /** The token opens the stream no more: the order, or the page, is no longer among what may be seen. */
  onRefused: () => void
}

const firstWait = 1_000
const longestWait = 30_000
/** A stream that held so long, in ms, and ended by itself is no break: it ends with its token. */
const held = 2_000

/**
 * The live stream of the panel's order. EventSource cannot carry a token, so it is read by fetch, and begun anew
 * with its cursor when it ends. Returns what ends it.
 */
export function follow(session: Session, listening: Listening): () => void {
  const stop = new AbortController()
  void run(session, listening, stop.signal)
  return () => stop.abort()
}

async function run(session: Session, listening: Listening, signal: AbortSignal): Promise<void> {
  let cursor = ''
  let wait = firstWait
  while (!signal.aborted) {
    const asked = Date.now()
    try {
      const answer = await session.fetch('panel/events', { query: { cursor }, signal })
      wait = firstWait
      listening.onLive(true)
      for await (const event of events(answer)) {
        if (event.id) cursor = event.id
        if (event.name === 'hello') listening.onHello()
        if (event.name === 'fact') listening.onFact(JSON.parse(event.data))
        if (event.name === 'clock') listening.onClock(new Date(JSON.parse(event.data).now))
      }
      if (Date.now() - asked > held) continue
    } catch (error) {
      // What broke off is begun anew below.
      if (!signal.aborted && error instanceof Refusal) listening.onRefused()
    }
    if (signal.aborted) return
    listening.onLive(false)
    await new Promise((resolve) => setTimeout(resolve, wait))
    wait = Math.min(longestWait, wait * 2)
  }
}

interface ServerEvent {
  name: string
  data: string
  id: string
}

/** Reads a text stream as EventSource does (HTML, 9.2.6), as far as our server writes it. */
export async function* events(answer: Response): AsyncGenerator<ServerEvent> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    rest += value
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event: ServerEvent = { name: 'message', data: '', id: '' }
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) event.name = line.slice(7)
        if (line.startsWith('data: ')) event.data = line.slice(6)
        if (line.startsWith('id: ')) event.id = line.slice(4)
      }
      yield event
    }
  }
}
