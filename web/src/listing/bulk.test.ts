import { expect, test } from 'vitest'
import type { Conversation } from '../api/types'
import { aConversation } from '../test/fixtures'
import { parts, undoOf } from './bulk'

const one = (conversation_id: string, change: Partial<Conversation> = {}) =>
  aConversation({ conversation_id, ...change })
const ben = { person_id: 'per_ben', name: 'Ben Krüger' }
const waiting = { state: 'waiting', assignee: null } as const
const vip = { label_id: 'lbl_vip', name: 'VIP', colour: '#7c3aed' }

test('a long call goes in parts', () => {
  const ids = Array.from({ length: 45 }, (_, place) => `cnv_${place}`)
  expect(parts({ ids, body: { do: 'close' } }).map((part) => part.ids.length)).toEqual([20, 20, 5])
  expect(parts({ ids: [], body: { do: 'close' } })).toEqual([])
})

test('what was resolved goes back to whom it belonged, and sleeps on', () => {
  const until = '2026-11-21T08:00:00.000Z'
  const before = [
    one('cnv_1'),
    one('cnv_2', { assignee: ben, snooze: { until, until_reply: false } }),
    one('cnv_3', waiting),
    one('cnv_4'),
  ]
  expect(undoOf({ do: 'close' }, before)).toEqual([
    { ids: ['cnv_1', 'cnv_4'], body: { do: 'assign', person_id: 'per_ana', force: true } },
    { ids: ['cnv_2'], body: { do: 'assign', person_id: 'per_ben', force: true } },
    { ids: ['cnv_3'], body: { do: 'release' } },
    { ids: ['cnv_2'], body: { do: 'snooze', until } },
  ])
})

test('what was given to somebody is resolved again if it was', () => {
  expect(undoOf({ do: 'assign', person_id: 'per_ben' }, [one('cnv_1', { state: 'closed' })])).toEqual([
    { ids: ['cnv_1'], body: { do: 'close' } },
  ])
})

test('what was moved goes back to its team first', () => {
  const before = [one('cnv_1', { team_id: 'tea_1' }), one('cnv_2', waiting)]
  expect(undoOf({ do: 'transfer', team: 'tea_2' }, before)).toEqual([
    { ids: ['cnv_1'], body: { do: 'transfer', team: 'tea_1', force: true } },
    { ids: ['cnv_2'], body: { do: 'transfer', team: 'none', force: true } },
    { ids: ['cnv_1'], body: { do: 'assign', person_id: 'per_ana', force: true } },
    { ids: ['cnv_2'], body: { do: 'release' } },
  ])
})

test('what slept before sleeps as long as before, the others wake', () => {
  const before = [one('cnv_1'), one('cnv_2', { snooze: { until: null, until_reply: true } })]
  expect(undoOf({ do: 'snooze', until: '2026-11-22T08:00:00.000Z' }, before)).toEqual([
    { ids: ['cnv_1'], body: { do: 'wake' } },
    { ids: ['cnv_2'], body: { do: 'snooze', until_reply: true } },
  ])
})

test('a label is taken off only where it was put on', () => {
  const before = [one('cnv_1', { labels: [vip] }), one('cnv_2')]
  expect(undoOf({ do: 'label', add: ['lbl_vip'] }, before)).toEqual([
    { ids: ['cnv_2'], body: { do: 'label', remove: ['lbl_vip'] } },
  ])
  expect(undoOf({ do: 'label', remove: ['lbl_vip'] }, before)).toEqual([
    { ids: ['cnv_1'], body: { do: 'label', add: ['lbl_vip'] } },
  ])
})
