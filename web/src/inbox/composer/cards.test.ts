import { expect, test } from 'vitest'
import { cardsOf, checkCards, emptyCard } from './cards'

const ada = { ...emptyCard, first: 'Ada', last: 'Lovelace', phone: '+44 20 7946 0018' }

test.each([
  [[], 'name'],
  [[emptyCard], 'name'],
  [[{ ...emptyCard, phone: '+44 20 7946 0018' }], 'name'],
  [[{ ...emptyCard, first: 'Ada' }], 'reach'],
  [[{ ...ada, phone: 'call me' }], 'phone'],
  [[{ ...ada, phone: '12345' }], 'phone'],
  [[{ ...ada, phone: '1234567890123456' }], 'phone'],
  [[{ ...ada, email: 'ada at home' }], 'email'],
  [[ada, emptyCard], null],
  [[{ ...ada, phone: '', email: 'ada@example.org' }], null],
  [[ada, { ...ada, first: '', last: '' }], 'name'],
])('%j is wrong by %s', (forms, fault) => {
  expect(checkCards(forms)).toBe(fault)
})

test('a card has what was typed, and nothing that was not', () => {
  expect(cardsOf([{ ...ada, company: ' Analytical Engines ' }, emptyCard])).toEqual([
    {
      name: { formatted_name: 'Ada Lovelace', first_name: 'Ada', last_name: 'Lovelace' },
      phones: [{ phone: '+44 20 7946 0018', type: 'WORK' }],
      org: { company: 'Analytical Engines' },
    },
  ])
  expect(cardsOf([{ ...emptyCard, last: '李', email: 'li@example.org' }])).toEqual([
    { name: { formatted_name: '李', last_name: '李' }, emails: [{ email: 'li@example.org', type: 'WORK' }] },
  ])
})
