import { i18n } from '@lingui/core'
import { expect, test } from 'vitest'
import { explain, explanations, noCause, ownerNames, unknownCause } from './meta'

i18n.loadAndActivate({ locale: 'en', messages: {} })

/** features.md, 4.7 E2. */
const wanted = [
  131000, 131026, 131031, 131042, 131047, 131048, 131049, 131051, 131053, 131056, 130429, 130472, 132000,
  132001, 132005, 132007, 132012, 132015, 132016, 133010, 190, 4, 80007, 100, 368,
]

test.each(wanted)('%i is explained', (code) => {
  const { cause, next, owner } = explain(code)
  expect(explanations[code]).toBeDefined()
  expect(i18n._(cause)).toMatch(/^\S.*\.$/)
  expect(i18n._(next)).toMatch(/^\S.*\.$/)
  expect(ownerNames[owner]).toBeDefined()
})

test('nothing goes unexplained', () => {
  expect(explain(undefined)).toBe(noCause)
  expect(explain(999_999)).toBe(unknownCause)
  expect(explain(210)).toBe(explanations[200])
})

test('a closed window leads to templates', () => {
  expect(explain(131047).act).toBe('template')
})
