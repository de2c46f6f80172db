import { afterEach, expect, test, vi } from 'vitest'
import { Refusal } from '../api/client'
import { events, follow } from './live'
import { ratio } from './look'
import type { Session } from './session'

afterEach(() => vi.useRealTimers())

test('reads a stream of events that comes in pieces', async () => {
  const pieces = [
    'event: hello\nid: 7\nda',
    'ta: {}\n\n: alive\nid: 8\n\nevent: fact\nid: 9\ndata: {"kind":"order.changed"}\n',
    '\n',
  ]
  const body = new ReadableStream({
    start(control) {
      for (const piece of pieces) control.enqueue(new TextEncoder().encode(piece))
      control.close()
    },
  })
  const seen: [string, string, string][] = []
  for await (const { name, id, data } of events(new Response(body))) seen.push([name, id, data])
  expect(seen).toEqual([
    ['hello', '7', '{}'],
    ['message', '8', ''],
    ['fact', '9', '{"kind":"order.changed"}'],
  ])
})

test('knows which colours cannot be read', () => {
  expect(ratio([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
  expect(ratio([119, 119, 119], [255, 255, 255])).toBeLessThan(4.5)
  expect(ratio([118, 118, 118], [255, 255, 255])).toBeGreaterThan(4.5)
})

/** Follows a stream that answers so, and notes what is told of it. */
function following(fetch: () => Promise<Response>) {
  const told: string[] = []
  const stop = follow({ fetch } as unknown as Session, {
    onFact: () => told.push('fact'),
    onHello: () => told.push('hello'),
    onClock: () => told.push('clock'),
    onLive: (live) => told.push(live ? 'live' : 'broken'),
    onRefused: () => told.push('refused'),
  })
  return { told, stop }
}

test('a stream that is refused is told apart from one that breaks', async () => {
  vi.useFakeTimers()
  const refused = following(() => Promise.reject(new Refusal(404, 'order_unknown', '', '', [], '')))
  const broken = following(() => Promise.reject(new TypeError('no line')))
  await vi.advanceTimersByTimeAsync(10)
  refused.stop()
  broken.stop()
  expect(refused.told).toEqual(['refused', 'broken'])
  expect(broken.told).toEqual(['broken'])
})

test('a stream that ends with its token goes on with the next, without a word', async () => {
  vi.useFakeTimers()
  let asked = 0
  const { told, stop } = following(async () => {
    asked += 1
    const body = new ReadableStream({
      start(control) {
        control.enqueue(new TextEncoder().encode('event: hello\nid: 1\ndata: {}\n\n'))
        setTimeout(() => control.close(), 900_000)
      },
    })
    return new Response(body)
  })
  await vi.advanceTimersByTimeAsync(1_000_000)
  stop()
  expect(asked).toBe(2)
  expect(told).toEqual(['live', 'hello', 'live', 'hello'])
})
