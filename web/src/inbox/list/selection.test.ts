import { expect, test } from 'vitest'
import { nothingSelected, through, toggled } from './selection'

const rows = ['a', 'b', 'c', 'd', 'e']
const chosen = ({ ids }: { ids: ReadonlySet<string> }) => [...ids].toSorted().join('')

test('one more, one fewer', () => {
  const both = toggled(toggled(nothingSelected, 'b'), 'd')
  expect(chosen(both)).toBe('bd')
  expect(chosen(toggled(both, 'b'))).toBe('d')
  expect(chosen(nothingSelected)).toBe('')
})

test('a range begins where the last one was chosen, and goes both ways', () => {
  const from = toggled(nothingSelected, 'c')
  expect(chosen(through(from, rows, 'e'))).toBe('cde')
  expect(chosen(through(through(from, rows, 'e'), rows, 'a'))).toBe('abcde')
})

test('without a beginning, or one that has left the list, it is the one', () => {
  expect(chosen(through(nothingSelected, rows, 'd'))).toBe('d')
  expect(chosen(through(toggled(nothingSelected, 'gone'), rows, 'd'))).toBe('dgone')
})
