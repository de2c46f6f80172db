import { expect, test } from 'vitest'
import { ownPath } from './place'

test.each([
  [undefined, '/'],
  ['', '/'],
  ['/settings/keys', '/settings/keys'],
  ['/c/cnv_1?message=msg_2', '/c/cnv_1?message=msg_2'],
  ['/signin?next=/', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('%j leads to %s', (wanted, place) => {
  expect(ownPath(wanted)).toBe(place)
})
