import { expect, test } from 'vitest'
import { loudness, toBars } from './levels'

test('silence is at the bottom, speech in between, and nothing goes over the top', () => {
  expect(loudness(new Float32Array(64))).toBe(0)
  expect(loudness(new Float32Array(0))).toBe(0)
  expect(loudness(new Float32Array(64).fill(0.1))).toBeCloseTo(0.4)
  expect(loudness(new Float32Array(64).fill(-1))).toBe(1)
})

test('a recording of any length has its bars, each the loudest of its stretch', () => {
  expect(toBars([], 3)).toEqual([0, 0, 0])
  expect(toBars([0.5], 3)).toEqual([0.5, 0.5, 0.5])
  expect(toBars([0.1, 0.9, 0.2, 0.3, 0, 0.4], 3)).toEqual([0.9, 0.3, 0.4])
  expect(toBars([0.1, 0.9, 0.2], 2)).toEqual([0.1, 0.9])
})
