import { expect, test } from 'vitest'
import type { Mention } from '../api/desk'
import { aConversation } from '../test/fixtures'
import { inOrder } from './order'

const mention = (note_id: string, seen_at: string | null): Mention => ({
  note: {
    note_id,
    conversation_id: 'cnv_katrin',
    author: null,
    text: '@Ana',
    mentions: [],
    created_at: '2026-11-20T09:00:00.000Z',
    edited_at: null,
  },
  conversation: aConversation(),
  seen_at,
})
const seen = '2026-11-20T10:00:00.000Z'
const names = (mentions: readonly Mention[]) => mentions.map(({ note }) => note.note_id)

test('what was not looked at comes first, then the rest, newest first and each once', () => {
  const all = [mention('nte_4', seen), mention('nte_3', null), mention('nte_2', seen)]
  expect(names(inOrder([mention('nte_1', null), mention('nte_3', null)], all))).toEqual([
    'nte_3',
    'nte_1',
    'nte_4',
    'nte_2',
  ])
})

test('what one of the two answers says was seen, was', () => {
  expect(names(inOrder([mention('nte_1', null)], [mention('nte_2', null), mention('nte_1', seen)]))).toEqual([
    'nte_2',
    'nte_1',
  ])
})
