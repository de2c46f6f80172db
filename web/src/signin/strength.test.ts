import { expect, test } from 'vitest'
import { strengthOf } from './strength'

test.each([
  ['', 0, 'short'],
  ['elevenchars', 0, 'short'],
  ['123456789012', 0, 'even'],
  ['aaaaaaaaaaaaaaaa', 0, 'even'],
  ['abcdefghijklmnop', 0, 'even'],
  ['password2026!', 1, 'common'],
  ['AnaRibeiro2026', 0, 'personal'],
  ['gdkqvwxzmbtj', 2, undefined],
  ['four bicycles by the harbour', 3, undefined],
  ['四辆自行车停在港口旁边的老桥下', 2, undefined],
])('%j is %i, %s', (password, level, weakness) => {
  expect(strengthOf(password, ['Ana Ribeiro', 'ana@ribeiro.example'])).toEqual({
    level,
    ...(weakness ? { weakness } : {}),
  })
})
