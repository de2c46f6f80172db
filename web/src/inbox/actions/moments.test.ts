import { expect, test } from 'vitest'
import { dayText, momentsFrom, momentText } from './moments'

const said = (now: Date) => {
  const { hour, evening, tomorrow, monday } = momentsFrom(now)
  return [hour, evening, tomorrow, monday].map((moment) => (moment ? momentText(moment) : null))
}

test.each([
  // A Saturday morning.
  [
    new Date(2026, 10, 21, 10, 15),
    ['2026-11-21T11:15', '2026-11-21T18:00', '2026-11-22T09:00', '2026-11-23T09:00'],
  ],
  // A Monday evening: the next Monday is a week away, and six has passed.
  [new Date(2026, 10, 23, 19, 0), ['2026-11-23T20:00', null, '2026-11-24T09:00', '2026-11-30T09:00']],
  // The last day of a year.
  [new Date(2026, 11, 31, 17, 30), ['2026-12-31T18:30', null, '2027-01-01T09:00', '2027-01-04T09:00']],
])('from %s', (now, moments) => {
  expect(said(now)).toEqual(moments)
})

test('a day is that of this machine', () => {
  expect(dayText(new Date(2026, 0, 2, 0, 30))).toBe('2026-01-02')
})
