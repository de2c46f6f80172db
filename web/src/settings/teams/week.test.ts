import { expect, test } from 'vitest'
import type { TeamRouting } from '../../api/desk'
import { toDraft, toRules, wrongIn } from './rules'
import { clocks, fromWeek, likeMonday, type Span, toWeek, usualWeek, withOneMore, wrongWith } from './week'

const span = (from: string, to: string): Span => ({ from, to })

test('hours go to the days and back, each day in its order', () => {
  const hours = [
    { day: 'sat', from: '10:00', to: '14:00' },
    { day: 'mon', from: '13:00', to: '24:00' },
    { day: 'mon', from: '08:30', to: '12:00' },
  ] as const
  const week = toWeek(hours)
  expect(week.mon).toEqual([span('08:30', '12:00'), span('13:00', '24:00')])
  expect(week.sun).toEqual([])
  expect(fromWeek(week)).toEqual([
    { day: 'mon', from: '08:30', to: '12:00' },
    { day: 'mon', from: '13:00', to: '24:00' },
    { day: 'sat', from: '10:00', to: '14:00' },
  ])
})

test.each<[string, Span[], ReturnType<typeof wrongWith>]>([
  ['a closed day', [], undefined],
  ['one part', [span('09:00', '17:00')], undefined],
  ['a part of no length', [span('09:00', '09:00')], 'order'],
  ['past midnight', [span('22:00', '06:00')], 'order'],
  ['until midnight', [span('22:00', '24:00')], undefined],
  ['two that touch', [span('09:00', '12:00'), span('12:00', '17:00')], undefined],
  ['two over each other', [span('13:00', '17:00'), span('09:00', '13:15')], 'overlap'],
])('%s', (_, spans, want) => {
  expect(wrongWith(spans)).toBe(want)
})

test('one part more is the usual day, then one after a break, until the day is full', () => {
  expect(withOneMore([])).toEqual([span('09:00', '17:00')])
  expect(withOneMore([span('09:00', '12:00')])?.at(1)).toEqual(span('13:00', '17:00'))
  expect(withOneMore([span('09:00', '20:30')])?.at(1)).toEqual(span('21:30', '24:00'))
  expect(withOneMore([span('09:00', '23:00')])).toBeUndefined()
})

test('times are offered by the quarter, and what is set besides', () => {
  expect(clocks('00:00', '01:00', '00:30')).toEqual(['00:00', '00:15', '00:30', '00:45', '01:00'])
  expect(clocks('00:00', '00:30', '00:20')).toEqual(['00:00', '00:15', '00:20', '00:30'])
  expect(clocks('23:30', '24:00', '24:00')).toEqual(['23:30', '23:45', '24:00'])
})

test('Monday is copied until Friday, and the weekend stays', () => {
  const week = likeMonday({ ...usualWeek, mon: [span('07:00', '15:00')], sat: [span('10:00', '12:00')] })
  expect([week.wed, week.fri, week.sat, week.sun]).toEqual([
    [span('07:00', '15:00')],
    [span('07:00', '15:00')],
    [span('10:00', '12:00')],
    [],
  ])
})

const routing: TeamRouting = {
  team_id: 'tea_1',
  team: 'repairs',
  name: 'Repairs',
  mode: 'round_robin',
  capacity: 4,
  time_zone: 'Europe/Berlin',
  hours: [{ day: 'mon', from: '09:00', to: '17:00' }],
  closed_days: ['2026-12-25'],
  numbers: ['111'],
  open_now: true,
  opens_at: null,
}

test('rules come back from their draft as they were', () => {
  const { mode, capacity, time_zone, hours, closed_days, numbers } = routing
  expect(toRules(toDraft(routing))).toEqual({ mode, capacity, time_zone, hours, closed_days, numbers })
  expect(toDraft({ ...routing, hours: [] }).week).toBeNull()
  expect(toRules({ ...toDraft(routing), week: null }).hours).toEqual([])
})

test.each<[string, Partial<ReturnType<typeof toDraft>>, ReturnType<typeof wrongIn>]>([
  ['nothing', {}, undefined],
  ['no number', { capacity: 'many' }, 'capacity'],
  ['none at once', { capacity: '0' }, 'capacity'],
  ['too many at once', { capacity: '501' }, 'capacity'],
  ['a part the wrong way round', { week: { ...usualWeek, tue: [span('17:00', '09:00')] } }, 'hours'],
  ['no day open', { week: toWeek([]) }, 'noHours'],
])('what is wrong: %s', (_, change, want) => {
  expect(wrongIn({ ...toDraft(routing), ...change })).toBe(want)
})
