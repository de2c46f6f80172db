import { expect, test } from 'vitest'
import { chooseLanguage } from './language'

test.each([
  [null, ['de-AT', 'en'], 'de'],
  [null, ['pt-PT'], 'pt-BR'],
  [null, ['zh-TW'], 'zh-CN'],
  [null, ['fr', 'de'], 'de'],
  [null, ['fr'], 'en'],
  [null, [], 'en'],
  ['zh-CN', ['de'], 'zh-CN'],
  ['xx', ['de'], 'de'],
])('stored %s and browser %j', (stored, wanted, language) => {
  expect(chooseLanguage(stored, wanted)).toBe(language)
})
