import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** The choices as a machine reads them when the page is opened. */
async function open(touch: boolean) {
  vi.stubGlobal('matchMedia', (media: string) => ({ matches: touch && media.includes('coarse') }))
  vi.resetModules()
  return import('./prefs')
}

beforeEach(() => localStorage.clear())
afterEach(() => vi.unstubAllGlobals())

test('Enter sends at a desk, and begins a line on a phone, until somebody chooses', async () => {
  const { readPrefs } = await open(false)
  expect(readPrefs().send).toBe('enter')
  const phone = await open(true)
  expect(phone.readPrefs().send).toBe('ctrl')
  phone.changePrefs({ send: 'enter' })
  expect((await open(true)).readPrefs().send).toBe('enter')
})
