import { act } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { aConversation } from '../../test/fixtures'
import { show } from '../../test/show'
import { quoteOf, readDraft, writeDraft } from './drafts'
import { useServerDraft } from './useServerDraft'

function Desk() {
  useServerDraft(aConversation())
  return null
}

/** A server with what was begun on another machine; what it is told afterwards. */
function server(draft: object) {
  const told: unknown[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'PUT') told.push(JSON.parse(String(init.body)))
    if (path.endsWith('/drafts')) return Response.json({ data: [{ conversation_id: 'cnv_katrin' }] })
    return Response.json(path.includes('/draft') ? draft : { data: [] })
  })
  return told
}

afterEach(() => {
  for (const one of ['cnv_katrin', quoteOf('cnv_katrin')]) writeDraft(one, '')
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a draft goes on at another machine, with the message that it answers', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const told = server({ conversation_id: 'cnv_katrin', mode: 'reply', text: 'Ja, ', reply_to: 'msg_1' })
  await show(<Desk />)
  await vi.waitFor(() => expect(readDraft('cnv_katrin')).toBe('Ja, '))
  expect(readDraft(quoteOf('cnv_katrin'))).toBe('msg_1')
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(told, 'what came from there is not told again').toEqual([])
  act(() => writeDraft('cnv_katrin', 'Ja, gern'))
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(told).toEqual([{ text: 'Ja, gern', mode: 'reply', reply_to: 'msg_1' }])
  act(() => writeDraft(quoteOf('cnv_katrin'), ''))
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(told.at(-1)).toEqual({ text: 'Ja, gern', mode: 'reply' })
})
