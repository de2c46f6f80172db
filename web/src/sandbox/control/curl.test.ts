import { expect, test } from 'vitest'
import type { LogLine } from '../model'
import { readLogLine } from '../wire'
import { curlOf } from './curl'

const line = (change: Partial<Record<keyof LogLine, unknown>>) => readLogLine({ direction: 'in', ...change })

test('a call is played again with a token of one’s own', () => {
  const call = line({ method: 'POST', path: '/v25.0/1/messages', request: { text: { body: "it's" } } })
  expect(curlOf(call, 'http://127.0.0.1:8090')).toBe(
    `curl -X POST 'http://127.0.0.1:8090/v25.0/1/messages' \\\n  -H "Authorization: Bearer $TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  --data '{"text":{"body":"it'\\''s"}}'`,
  )
})

test('a webhook goes where it went, without a token', () => {
  const webhook = line({ direction: 'out', method: 'POST', path: 'https://shop.example/hook', request: {} })
  expect(curlOf(webhook, 'http://127.0.0.1:8090')).toBe(
    `curl -X POST 'https://shop.example/hook' \\\n  -H 'Content-Type: application/json' \\\n  --data '{}'`,
  )
})
