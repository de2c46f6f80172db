import { afterEach, expect, test, vi } from 'vitest'
import { ask, NoAnswer, onSignedOut, Refusal } from './client'

function answer(status: number, body: string) {
  const fetched = vi.fn(
    async (_url: string, _init: RequestInit) => new Response(status === 204 ? null : body, { status }),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}

afterEach(() => vi.unstubAllGlobals())

test('a change carries the guard against forged requests, its key and its body', async () => {
  const fetched = answer(202, '{"message_id":"msg_1"}')
  await ask('send/text', {
    method: 'POST',
    body: { text: 'Hallo' },
    key: 'k1',
    query: { a: undefined, b: 1 },
  })
  const [url, init] = fetched.mock.calls[0] ?? []
  expect(url).toBe('/api/v1/whatsapp/send/text?b=1')
  expect(init?.headers).toMatchObject({ 'X-Kontor-Request': '1', 'Idempotency-Key': 'k1' })
  expect(init?.body).toBe('{"text":"Hallo"}')
})

test('a problem becomes a Refusal with its code and fields', async () => {
  answer(
    422,
    '{"code":"window_closed","detail":"d","advice":"a","request_id":"r","errors":[{"name":"to","detail":"x"}]}',
  )
  const error = await ask('send/text').catch((refused: unknown) => refused)
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({
    status: 422,
    code: 'window_closed',
    requestId: 'r',
    fields: [{ name: 'to' }],
  })
})

test('a page of a proxy is a Refusal too', async () => {
  answer(502, '<html>Bad gateway</html>')
  expect(await ask('me').catch((refused: unknown) => refused)).toMatchObject({
    status: 502,
    code: 'http_502',
  })
})

test('without an answer nobody knows', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  expect(await ask('me').catch((error: unknown) => error)).toBeInstanceOf(NoAnswer)
})

test('401 is told to whoever watches the session', async () => {
  answer(401, '{"code":"not_signed_in"}')
  const told = vi.fn()
  const stop = onSignedOut(told)
  await ask('me').catch(() => undefined)
  stop()
  await ask('me').catch(() => undefined)
  expect(told).toHaveBeenCalledTimes(1)
})

test('a wrong password is a 401 that ends no session, and 429 tells how long to wait', async () => {
  answer(401, '{"code":"wrong_credentials"}')
  const told = vi.fn()
  const stop = onSignedOut(told)
  await ask('signin/password').catch(() => undefined)
  stop()
  expect(told).not.toHaveBeenCalled()
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 429, headers: { 'Retry-After': '42' } }))
  expect(await ask('me').catch((refused: unknown) => refused)).toMatchObject({ retryAfter: 42 })
})
