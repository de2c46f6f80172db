import { expect, test } from 'vitest'
import { events } from './live'
import { ratio } from './look'

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
