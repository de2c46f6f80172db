import { expect, test } from 'vitest'
import { placeOf, regionsOf, timeIn } from './zones'

test('zones stand under their part of the world, the one that is set among them', () => {
  expect(regionsOf(['Europe/Rome', 'Europe/Berlin', 'Asia/Tokyo'], 'America/Sao_Paulo')).toEqual([
    { name: '', zones: ['UTC'] },
    { name: 'Europe', zones: ['Europe/Berlin', 'Europe/Rome'] },
    { name: 'Asia', zones: ['Asia/Tokyo'] },
    { name: 'America', zones: ['America/Sao_Paulo'] },
  ])
})

test('a zone that the browser does not know has no time', () => {
  const at = new Date('2026-11-20T12:00:00Z')
  expect(timeIn('Asia/Tokyo', at, 'en')).toContain('21:00')
  expect(timeIn('Nowhere/At_All', at, 'en')).toBe('')
})

test('a place without its part of the world', () => {
  expect(placeOf('Asia/Ho_Chi_Minh')).toBe('Ho Chi Minh')
  expect(placeOf('America/Argentina/Salta')).toBe('Argentina/Salta')
})
