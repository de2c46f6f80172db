import { expect, test } from 'vitest'
import { mentioned, partsOf } from '../notes/mentions'
import { askedBy, nextBlank } from './trigger'

test.each([
  ['/', 1, ''],
  ['/del', 4, 'del'],
  ['Hello /del', 10, 'del'],
  ['Hello /del', 8, 'd'],
  ['on 1/2', 6, null],
  ['/ del', 5, null],
  ['/del now', 8, null],
  ['/del\n', 5, null],
  ['', 0, null],
])('"%s" with the cursor at %i asks for %j', (text, cursor, question) => {
  expect(askedBy('/', text, cursor)?.question ?? null).toBe(question)
})

test('a colon, also a wide one, asks where it begins a word', () => {
  expect(askedBy(':', 'Danke :sm', 9)).toEqual({ from: 6, to: 9, question: 'sm' })
  expect(askedBy(':', '：笑', 2)).toEqual({ from: 0, to: 2, question: '笑' })
  expect(askedBy(':', 'um 10:30', 8)).toBeNull()
  expect(askedBy(':', 'https://example.com', 9)).toBeNull()
})

test('a name of two words can be asked for, an address of mail not', () => {
  expect(askedBy('@', 'ask @Ana Ri', 11, 2)).toEqual({ from: 4, to: 11, question: 'Ana Ri' })
  expect(askedBy('@', 'ana@example', 11, 2)).toBeNull()
})

test('Tab goes from blank to blank, and round', () => {
  const text = 'Order {{number}} on {{day}}.'
  expect(nextBlank(text, 0)).toEqual({ from: 6, to: 16 })
  expect(nextBlank(text, 16)).toEqual({ from: 20, to: 27 })
  expect(nextBlank(text, 27)).toEqual({ from: 6, to: 16 })
  expect(nextBlank('{{ }} {}', 0)).toEqual({ from: 0, to: 5 })
  expect(nextBlank('nothing', 0)).toBeNull()
})

test('names behind an @ are people, longer ones first', () => {
  const ana = { person_id: 'per_1', name: 'Ana' }
  const anaRibeiro = { person_id: 'per_2', name: 'Ana Ribeiro' }
  expect(partsOf('@Ana Ribeiro and @Ana, not ana@Ben', [ana, anaRibeiro])).toEqual([
    { text: '@Ana Ribeiro', who: anaRibeiro },
    { text: ' and ' },
    { text: '@Ana', who: ana },
    { text: ', not ana@Ben' },
  ])
  expect(mentioned('@Ana Ribeiro', [ana, anaRibeiro])).toEqual([anaRibeiro])
})
