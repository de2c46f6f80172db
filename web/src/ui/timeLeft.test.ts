import { expect, test } from 'vitest'
import { timeLeft } from './timeLeft'

const now = new Date('2026-11-20T09:00:00Z')
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

test.each([
  [24 * 60, { hours: 24, minutes: 0, urgency: 'calm' }],
  [120, { hours: 2, minutes: 0, urgency: 'calm' }],
  [119, { hours: 1, minutes: 59, urgency: 'soon' }],
  [30, { hours: 0, minutes: 30, urgency: 'soon' }],
  [29.9, { hours: 0, minutes: 29, urgency: 'last' }],
  [0.5, { hours: 0, minutes: 0, urgency: 'last' }],
  [0, { hours: 0, minutes: 0, urgency: 'closed' }],
  [-5, { hours: 0, minutes: 0, urgency: 'closed' }],
])('%d minutes before the end', (minutes, want) => {
  expect(timeLeft(now, inMinutes(minutes))).toEqual(want)
})

test('a window that never opened is closed', () => {
  expect(timeLeft(now, null).urgency).toBe('closed')
})
