import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { QrCode } from './QrCode'

test('the path holds every dark module of the code once, inside its margin', () => {
  render(<QrCode text="otpauth://totp/Kontor:ana?secret=JBSWY3DPEHPK3PXP" name="Picture" />)
  const picture = screen.getByRole('img', { name: 'Picture' })
  const size = Number(picture.getAttribute('viewBox')?.split(' ')[2])
  const path = picture.querySelector('path')?.getAttribute('d') ?? ''
  const dark = new Set<string>()
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at++) dark.add(`${at} ${y}`)
  }
  // The three corners by which a camera finds the code.
  for (const [left, top] of [
    [4, 4],
    [size - 11, 4],
    [4, size - 11],
  ] as const) {
    const corner = Array.from({ length: 7 }, (_, y) =>
      Array.from({ length: 7 }, (_, x) => (dark.has(`${left + x} ${top + y}`) ? '#' : '.')).join(''),
    )
    expect(corner).toEqual(['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'])
  }
  expect(
    [...dark].every((place) => place.split(' ').every((at) => Number(at) >= 4 && Number(at) < size - 4)),
  ).toBe(true)
})
