import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LiveState, listen } from './live'
import type { Fact } from './types'

/** The browser's part, driven by the test: it reads a text stream as EventSource does (HTML, 9.2.6). */
class Source extends EventTarget {
  static opened: Source[] = []
  readyState = 0
  closed = false
  #id = ''

  constructor(readonly url: string) {
    super()
    Source.opened.push(this)
  }

  stream(text: string): void {
    for (const block of text.split('\n\n').filter(Boolean)) {
      let type = 'message'
      let data: string | undefined
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) type = line.slice(7)
        if (line.startsWith('id: ')) this.#id = line.slice(4)
        if (line.startsWith('data: ')) data = line.slice(6)
      }
      this.readyState = 1
      if (data !== undefined) this.dispatchEvent(new MessageEvent(type, { data, lastEventId: this.#id }))
    }
  }

  fail(readyState: 0 | 2): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }

  close(): void {
    this.closed = true
  }
}

function begin() {
  const said: { facts: Fact[]; hellos: number; states: LiveState[]; clocks: Date[]; refused: number } = {
    facts: [],
    hellos: 0,
    states: [],
    clocks: [],
    refused: 0,
  }
  const stop = listen({
    onFact: (fact) => said.facts.push(fact),
    onHello: () => {
      said.hellos += 1
    },
    onClock: (now) => said.clocks.push(now),
    onState: (state) => said.states.push(state),
    onRefused: () => {
      said.refused += 1
    },
    open: (url) => new Source(url) as unknown as EventSource,
    now: () => new Date('2026-11-20T09:17:00Z'),
  })
  return { said, stop }
}

const hello = 'event: hello\nid: 7-1\ndata: {"cursor":"7-1"}\n\n'
const last = () => Source.opened.at(-1) as Source

beforeEach(() => {
  vi.useFakeTimers()
  Source.opened = []
})
afterEach(() => vi.useRealTimers())

test('reads hello, clock, facts and comments', () => {
  const { said, stop } = begin()
  expect(last().url).toBe('/api/v1/whatsapp/events')
  last().stream(
    `${hello}event: clock\ndata: {"now":"2026-11-21T10:00:00.000Z"}\n\n: alive\nid: 7-2\n\nevent: fact\nid: 7-3\ndata: {"kind":"message.received","message_id":"msg_1"}\n\n`,
  )
  expect(said.hellos).toBe(1)
  expect(said.clocks[0]?.toISOString()).toBe('2026-11-21T10:00:00.000Z')
  expect(said.facts).toEqual([{ kind: 'message.received', message_id: 'msg_1' }])
  expect(said.states).toEqual([{ live: true }])
  stop()
  expect(last().closed).toBe(true)
})

test('leaves a broken line to the browser, and says since when', () => {
  const { said, stop } = begin()
  last().stream(hello)
  last().fail(0)
  last().fail(0)
  vi.advanceTimersByTime(60_000)
  expect(Source.opened.length).toBe(1)
  expect(said.states.at(-1)).toEqual({ live: false, since: new Date('2026-11-20T09:17:00Z') })
  last().stream(hello)
  expect(said.states.at(-1)).toEqual({ live: true })
  expect(said.hellos).toBe(2)
  stop()
})

test('begins anew with its cursor where the browser gives up, later each time', () => {
  const { said, stop } = begin()
  last().stream(`${hello}event: fact\nid: 9-4\ndata: {"kind":"message.received"}\n\n`)
  last().fail(2)
  expect(said.refused).toBe(1)
  vi.advanceTimersByTime(999)
  expect(Source.opened.length).toBe(1)
  vi.advanceTimersByTime(1)
  expect(last().url).toBe('/api/v1/whatsapp/events?cursor=9-4')
  last().fail(2)
  vi.advanceTimersByTime(1_000)
  expect(Source.opened.length).toBe(2)
  vi.advanceTimersByTime(1_000)
  expect(Source.opened.length).toBe(3)
  stop()
  vi.advanceTimersByTime(60_000)
  expect(Source.opened.length).toBe(3)
})

test('does not wait when the machine is online again', () => {
  const { said, stop } = begin()
  last().stream(hello)
  window.dispatchEvent(new Event('offline'))
  expect(said.states.at(-1)).toMatchObject({ live: false })
  window.dispatchEvent(new Event('online'))
  expect(Source.opened.length).toBe(2)
  expect(Source.opened[0]?.closed).toBe(true)
  stop()
})
