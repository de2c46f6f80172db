import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeKey, keysOf, readOwnKeys, resetKeys } from './keymap'

beforeEach(() => resetKeys())
afterEach(() => resetKeys())

test('a person’s key takes the place of the shown one, the others stay', () => {
  changeKey('resolve', 'Q')
  expect(keysOf('resolve')).toEqual(['Q', 'Alt+E'])
  expect(JSON.parse(localStorage.getItem('kontor.keys') ?? '{}')).toEqual({ resolve: 'Q' })
})

test('what has no key can get one', () => {
  expect(keysOf('record')).toEqual([])
  changeKey('record', 'V')
  expect(keysOf('record')).toEqual(['V'])
})

test('back to the table, one or all', () => {
  changeKey('resolve', 'Q')
  changeKey('claim', 'W')
  changeKey('resolve')
  expect(keysOf('resolve')).toEqual(['E', 'Alt+E'])
  changeKey('claim', 'C')
  expect(readOwnKeys()).toEqual({})
  expect(localStorage.getItem('kontor.keys')).toBeNull()
})

test('another tab has changed them, or left what makes no sense', () => {
  localStorage.setItem('kontor.keys', JSON.stringify({ claim: 'W', nothing: 'Q', note: 7 }))
  resetKeys()
  localStorage.setItem('kontor.keys', JSON.stringify({ claim: 'W', nothing: 'Q', note: 7 }))
  expect(keysOf('claim', readOwnKeys())).toEqual(['C'])
})
