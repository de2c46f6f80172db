import { afterEach, expect, test } from 'vitest'
import { keepDraftsOf, noteOf, readDraft, writeDraft } from './drafts'

afterEach(() => {
  localStorage.clear()
  keepDraftsOf('')
})

test('people who share a machine do not read what the others began, and find their own again', () => {
  keepDraftsOf('per_ana')
  writeDraft('cnv_katrin', 'Wir holen das Rad')
  writeDraft(noteOf('cnv_katrin'), 'Zahlt spät')
  keepDraftsOf('per_ben')
  expect([readDraft('cnv_katrin'), readDraft(noteOf('cnv_katrin'))]).toEqual(['', ''])
  writeDraft('cnv_katrin', 'Guten Tag')
  keepDraftsOf('per_ana')
  expect([readDraft('cnv_katrin'), readDraft(noteOf('cnv_katrin'))]).toEqual([
    'Wir holen das Rad',
    'Zahlt spät',
  ])
  // Another tab of the same person writes to the same place.
  keepDraftsOf('per_ben')
  expect(readDraft('cnv_katrin')).toBe('Guten Tag')
})
