import { expect, test } from 'vitest'
import { search } from './match'

const entries = [
  { id: '1', label: 'Resolve and open the next' },
  { id: '2', label: 'João Baptista', also: '+55 11 5550-0177' },
  { id: '3', label: 'Katrin Müller', also: '+49 152 2881 7386 @katrin.m' },
  { id: '4', label: 'Next conversation' },
]
const found = (question: string) => search(entries, question, 3).map(({ id }) => id)

test.each([
  ['', ['1', '2', '3']],
  ['joao', ['2']],
  ['bapt', ['2']],
  ['muller katrin', ['3']],
  ['next', ['4', '1']],
  ['5511 5550', ['2']],
  ['+49152', ['3']],
  ['katrin.m', ['3']],
  ['nobody', []],
])('"%s" finds %j', (question, ids) => {
  expect(found(question)).toEqual(ids)
})
