import { expect, test } from 'vitest'
import { aMessage } from '../../test/fixtures'
import { galleryOf } from './gallery'
import { closest, nearer, pan, whole, zoom } from './zoom'

const frame = { width: 1000, height: 600 }

test('the gallery holds what can be shown, oldest first', () => {
  const picture = aMessage({ content: { type: 'image', image: { media_id: 'med_1' } } })
  const film = aMessage({ content: { type: 'video', video: { media_id: 'med_2' } } })
  const coming = aMessage({ content: { type: 'image', image: { id: '77' } } })
  const revoked = aMessage({
    content: { type: 'image', image: { media_id: 'med_3' } },
    revoked_at: '2026-11-20T09:05:00.000Z',
  })
  const found = galleryOf([picture, aMessage(), film, coming, revoked])
  expect(found.map(({ message, kind }) => [message, kind])).toEqual([
    [picture.message_id, 'image'],
    [film.message_id, 'video'],
  ])
  expect(found[0]?.src).toContain('med_1')
})

test('a picture is never smaller than its frame, nor nearer than the limit', () => {
  expect(zoom(whole, 0.1, frame)).toEqual(whole)
  let view = whole
  for (let press = 0; press < 20; press++) view = nearer(view, frame)
  expect(view.scale).toBe(closest)
})

test('the point under the pointer stays where it is', () => {
  const view = zoom(whole, 2, frame, { x: 100, y: -50 })
  expect(view).toEqual({ scale: 2, x: -100, y: 50 })
  // The same point of the picture, before and after.
  expect((100 - view.x) / view.scale).toBe(100)
})

test('a picture cannot be pushed out of sight, and one that fits not at all', () => {
  expect(pan(whole, 300, 300, frame)).toEqual(whole)
  expect(pan({ scale: 2, x: 0, y: 0 }, 5000, -5000, frame)).toEqual({ scale: 2, x: 500, y: -300 })
})
