import { expect, test } from 'vitest'
import { asksForEmoji } from './asks'
import { findEmoji } from './find'
import { emojisIn } from './names'

test.each([
  ['', false],
  [')', false],
  ['D', false],
  ['-)', false],
  ['sm', true],
  ['100', true],
  ['笑', true],
  ['ü', false],
  ['üb', true],
])('%j asks for an emoji: %j', (question, asks) => {
  expect(asksForEmoji(question)).toBe(asks)
})

test.each([
  ['en', 'thumbs', '👍️'],
  ['en', 'pizza', '🍕'],
  ['en', 'bicycle', '🚲️'],
  ['de', 'fahrrad', '🚲️'],
  // English names are known everywhere, accents and capitals do not count.
  ['de', 'bicycle', '🚲️'],
  ['pt-BR', 'CORACAO', '💘'],
  ['zh-CN', '自行车', '🚲️'],
] as const)('in %s %j finds %s', async (language, question, sign) => {
  const found = findEmoji(await emojisIn(language), question).map(([one]) => one.replace('\uFE0F', ''))
  expect(found).toContain(sign.replace('\uFE0F', ''))
})

test('the name goes before what else it is found by, and there are a few', async () => {
  const [first] = findEmoji(await emojisIn('en'), 'fire')
  expect(first?.[0]).toBe('🔥')
  expect(findEmoji(await emojisIn('en'), 'fa').length).toBe(8)
  expect(findEmoji(await emojisIn('en'), 'qqqq')).toEqual([])
})
