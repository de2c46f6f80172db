import { i18n } from '@lingui/core'
import { expect, test } from 'vitest'
import { type Explanation, explain } from './meta'
import { explainNumber, numberCause } from './number'

i18n.loadAndActivate({ locale: 'en', messages: {} })

test.each([10, 200, 219, 299, 131005])(
  'a number that stands for %i says which permission to mend',
  (code) => {
    const { owner, cause, next } = explainNumber(`whatsapp_${code}`) as Explanation
    expect(owner).toBe('admin')
    expect(i18n._(cause)).toContain('permission')
    expect(i18n._(next)).toContain('token')
  },
)

test('other reasons are those of messages', () => {
  expect(explainNumber('')).toBeUndefined()
  expect(explainNumber('token_invalid')).toBe(explain(190))
  expect(explainNumber('whatsapp_131042')).toBe(explain(131042))
  expect(explainNumber('whatsapp_300')).toBe(explain(300))
  expect(numberCause('something new')).toBe(explain(-1).cause)
})
