import { describe, expect, test } from 'vitest'
import type { KeyPress } from '../keys/chord'
import { chordOf, problemWith } from './choose'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
})

test.each([
  ['J', press('j'), false],
  ['Shift+E', press('E', { shiftKey: true }), false],
  ['Ctrl+Alt+E', press('e', { ctrlKey: true, altKey: true }), false],
  // On a Mac Alt changes the letter; its place counts.
  ['Alt+J', press('∆', { altKey: true, code: 'KeyJ' }), true],
  ['Mod+K', press('k', { metaKey: true }), true],
  // The sign, however a keyboard makes it.
  ['?', press('?', { shiftKey: true }), false],
  ['Shift+F2', press('F2', { shiftKey: true }), false],
  ['', press('Shift', { shiftKey: true }), false],
  ['', press('€', { ctrlKey: true, altKey: true, getModifierState: (name) => name === 'AltGraph' }), false],
  ['', press('j', { metaKey: true }), false],
])('it is written %j', (chord, pressed, mac) => {
  expect(chordOf(pressed, mac)).toBe(chord)
})

describe('a key', () => {
  const is = (...asked: Parameters<typeof problemWith>) => problemWith(...asked)?.is

  test('that nobody has can be had', () => {
    expect(is('Q', 'claim')).toBeUndefined()
    expect(is('Alt+Q', 'claim')).toBeUndefined()
    expect(is('G Q', 'claim')).toBeUndefined()
  })

  test('of another command is taken, also when somebody gave it one', () => {
    expect(is('E', 'claim')).toBe('taken')
    expect(is('Alt+E', 'claim')).toBe('taken')
    expect(is('Q', 'claim', { own: { assign: 'Q' } })).toBe('taken')
    // What another one has left is free.
    expect(is('E', 'claim', { own: { resolve: 'Q' } })).toBeUndefined()
  })

  test('of its own can be had again, unless somebody else has it now', () => {
    expect(is('C', 'claim', { own: { claim: 'Q' } })).toBeUndefined()
    expect(is('C', 'claim', { own: { claim: 'Q', assign: 'C' } })).toBe('taken')
    expect(is('Escape', 'back', { own: { back: 'Q' } })).toBeUndefined()
  })

  test('Ctrl K is that of the palette, however it is written', () => {
    expect(is('Ctrl+K', 'claim')).toBe('taken')
    expect(is('Ctrl+K', 'claim', { mac: true })).toBeUndefined()
  })

  test('before which another stands waits for the second', () => {
    expect(is('G', 'claim')).toBe('begins')
    expect(is('G I', 'claim')).toBe('taken')
    expect(is('E Q', 'claim')).toBe('taken')
  })

  test('of the field or the browser cannot be had', () => {
    expect(['Enter', 'Tab', 'ArrowUp', '/', '@', ':'].map((key) => is(key, 'claim'))).toEqual(
      Array.from({ length: 6 }, () => 'field'),
    )
    expect(['Ctrl+W', 'F5', 'Ctrl+C'].map((key) => is(key, 'claim'))).toEqual([
      'browser',
      'browser',
      'browser',
    ])
  })
})
