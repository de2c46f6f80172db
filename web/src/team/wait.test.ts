import { expect, test } from 'vitest'
import { type Waited, waited } from './wait'

const since = new Date('2026-11-20T09:00:00Z')
const after = (seconds: number) => since.getTime() + seconds * 1000

test.each<[number, Waited]>([
  [-5, { form: 'clock', seconds: 0 }],
  [59.9, { form: 'clock', seconds: 59 }],
  [3_599, { form: 'clock', seconds: 3_599 }],
  [3_600, { form: 'hours', hours: 1, minutes: 0 }],
  [86_399, { form: 'hours', hours: 23, minutes: 59 }],
  [90_000, { form: 'days', days: 1, hours: 1 }],
])('after %d s', (seconds, want) => {
  expect(waited(since, after(seconds))).toEqual(want)
})
