import { expect, test } from 'vitest'
import { avatarHues, hueOf, initials } from './Avatar'

test.each([
  ['Katrin Petersen', 'KP'],
  ['João da Silva Baptista', 'JB'],
  ['陈静怡', '陈'],
  ['+49 152 2881 7386', '86'],
  ['ana', 'A'],
  ['@katrin.p', 'K'],
  ['Zoë (Büro)', 'ZB'],
  ['', ''],
])('%s is %s', (name, want) => {
  expect(initials(name)).toBe(want)
})

test('ids are spread over all hues, and each keeps its own', () => {
  const counts = new Map<number, number>()
  for (let i = 0; i < 900; i++) {
    const hue = hueOf(`49152288${i}`)
    counts.set(hue, (counts.get(hue) ?? 0) + 1)
  }
  expect(counts.size).toBe(avatarHues.length)
  expect(Math.max(...counts.values())).toBeLessThan(200)
  expect(hueOf('ana')).toBe(hueOf('ana'))
})
