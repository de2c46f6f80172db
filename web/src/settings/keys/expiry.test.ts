import { expect, test } from 'vitest'
import { expiryOf, expiryState, firstDay } from './expiry'

const now = new Date(2026, 10, 30, 15, 0)

test('a key holds for its term, and the chosen day belongs to it', () => {
  expect(expiryOf('', '', now)).toBeUndefined()
  expect(expiryOf('30', '', now)).toBe(new Date(now.getTime() + 30 * 86_400_000).toISOString())
  expect(expiryOf('day', '2026-12-31', now)).toBe(new Date(2027, 0, 1).toISOString())
  expect(firstDay(now)).toBe('2026-12-01')
})

test('a key warns two weeks before its end', () => {
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()
  expect(expiryState(null, now)).toBe('holds')
  expect(expiryState(inDays(15), now)).toBe('holds')
  expect(expiryState(inDays(13), now)).toBe('soon')
  expect(expiryState(inDays(0), now)).toBe('over')
})
