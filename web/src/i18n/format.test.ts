import { expect, test } from 'vitest'
import { formatFor } from './format'

const now = new Date(2026, 10, 20, 9, 16)
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('a list shows the time today, the weekday within the week, then the date', () => {
  const en = formatFor('en')
  expect(en.short(new Date(2026, 10, 20, 9, 4), now)).toBe('09:04')
  expect(en.short(new Date(2026, 10, 18, 23, 0), now)).toBe('Wed')
  expect(en.short(new Date(2026, 10, 13, 9, 0), now)).toBe('Nov 13')
  expect(en.short(new Date(2025, 10, 13, 9, 0), now)).toBe('Nov 13, 2025')
})

test('each language writes numbers its own way', () => {
  expect(plain(formatFor('de').money(1184, 'EUR'))).toBe('1.184,00 €')
  expect(plain(formatFor('pt-BR').money(0.04, 'BRL'))).toBe('R$ 0,04')
  expect(formatFor('en').percent(0.38)).toBe('38%')
  expect(plain(formatFor('de').percent(0.38))).toBe('38 %')
  expect(formatFor('zh-CN').number(1184)).toBe('1,184')
})

test('a moment of these days', () => {
  expect(formatFor('en').recent(new Date(2026, 10, 20, 9, 4), now)).toBe('09:04')
  expect(formatFor('de').recent(new Date(2026, 10, 19, 16, 20), now)).toBe('gestern, 16:20')
  expect(formatFor('de').recent(new Date(2026, 10, 21, 9, 4), now)).toBe('morgen, 09:04')
  expect(formatFor('en').recent(new Date(2026, 10, 13, 9, 0), now)).toBe('Nov 13, 09:00')
})

test('durations and distances', () => {
  const de = formatFor('de')
  expect(de.duration(14)).toBe('0:14')
  expect(de.duration(3723)).toBe('1:02:03')
  expect(de.ago(new Date(now.getTime() - 3_000), now)).toBe('vor 3 Sekunden')
  expect(plain(formatFor('en').bytes(84_000))).toBe('84 kB')
})
