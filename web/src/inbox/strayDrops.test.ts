import { expect, test } from 'vitest'
import { refuseStrayDrops } from './strayDrops'

/** Something is dragged over the page, or dropped on it; whether the browser may do with it what it likes. */
function drag(kind: string, types: readonly string[], taken = false) {
  const event = new Event(kind, { bubbles: true, cancelable: true })
  const dataTransfer = { types, dropEffect: 'copy' }
  Object.assign(event, { dataTransfer })
  if (taken) event.preventDefault()
  return { free: document.body.dispatchEvent(event), effect: dataTransfer.dropEffect }
}

test('a file that nothing takes is refused, and not opened in the place of the page', () => {
  const stop = refuseStrayDrops()
  for (const kind of ['dragover', 'drop']) {
    expect(drag(kind, ['Files'])).toEqual({ free: false, effect: 'none' })
    expect(drag(kind, ['Files'], true), 'what a thread takes').toEqual({ free: false, effect: 'copy' })
    expect(drag(kind, ['text/plain']), 'words go into a field').toEqual({ free: true, effect: 'copy' })
  }
  stop()
  expect(drag('drop', ['Files']).free).toBe(true)
})
