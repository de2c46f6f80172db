import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { avatarHues } from './Avatar'
import { contrast, type Oklch, toSrgb } from './contrast'

type Theme = 'light' | 'dark'
const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8')

const tokens = new Map<string, Record<Theme, Oklch>>()
const colour = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`
for (const [, name, ...numbers] of css.matchAll(
  new RegExp(String.raw`--([\w-]+): light-dark\(\s*${colour},\s*${colour}\s*\);`, 'g'),
)) {
  const n = numbers.slice(0, 6).map(Number) as [number, number, number, number, number, number]
  tokens.set(name ?? '', { light: [n[0], n[1], n[2]], dark: [n[3], n[4], n[5]] })
}

function token(name: string, theme: Theme): Oklch {
  const found = tokens.get(name)
  if (!found) throw new Error(`no token --${name}`)
  return found[theme]
}

/** Foreground, ground, and the least ratio in light and dark: the figures of ui.md. */
const promised: [string, string, number, number][] = [
  ['text', 'surface', 16.0, 14.7],
  ['text', 'selected', 13.0, 11.7],
  ['text2', 'surface', 8.1, 8.6],
  ['text3', 'paper', 5.1, 6.4],
  ['text3', 'sunken', 4.8, 6.3],
  ['line-strong', 'surface', 3.9, 3.9],
  ['ink', 'surface', 12.0, 10.6],
  ['on-ink', 'ink', 11.6, 10.7],
  ['rail-text', 'rail', 8.8, 9.2],
  ['rail-text', 'rail-active', 6.2, 7.0],
  ['on-rail', 'rail-active', 7.0, 7.0],
  ['seal', 'surface', 5.2, 6.6],
  ['on-seal', 'seal', 5.1, 7.0],
  ['seal-text', 'seal-tint', 5.7, 6.4],
  ['text', 'bubble-in', 16.1, 13.2],
  ['text', 'bubble-out', 12.5, 9.7],
  ['text2', 'bubble-out', 6.4, 5.7],
  ['ok', 'bubble-out', 4.9, 6.3],
  ['text', 'bubble-note', 14.3, 11.5],
  ['warn', 'bubble-note', 5.8, 8.5],
  ['focus', 'surface', 4.6, 7.7],
  ['focus', 'rail', 3.5, 8.6],
  ['ok', 'ok-tint', 5.6, 8.0],
  ['warn', 'warn-tint', 5.8, 8.9],
  ['bad', 'bad-tint', 6.2, 6.9],
  ['info', 'info-tint', 5.6, 7.5],
  ['bot', 'bot-tint', 6.1, 7.4],
  ['text', 'ok-tint', 12, 12],
  ['text', 'warn-tint', 12, 12],
  ['text', 'bad-tint', 12, 12],
  ['text', 'info-tint', 12, 12],
  ['text', 'bot-tint', 12, 12],
  ['on-bad', 'bad-solid', 6.0, 5.4],
  ['on-bad', 'ok-solid', 3.0, 3.0],
  ['ok-solid', 'rail', 3.0, 3.0],
  ['qr-ink', 'qr-ground', 15.9, 15.9],
]

// The page gives one decimal, measured on 8-bit colours; ours are exact, so the last decimal may differ by one.
const rounding = 0.1

for (const theme of ['light', 'dark'] as const) {
  test.each(promised)(`%s on %s keeps its contrast, ${theme}`, (front, ground, light, dark) => {
    const ratio = contrast(token(front, theme), token(ground, theme))
    expect(ratio).toBeGreaterThanOrEqual((theme === 'light' ? light : dark) - rounding)
  })

  test(`every colour can be shown on an sRGB screen, ${theme}`, () => {
    for (const [name, value] of tokens) {
      for (const channel of toSrgb(value[theme])) {
        expect(channel, `--${name}`).toBeGreaterThanOrEqual(-0.002)
        expect(channel, `--${name}`).toBeLessThanOrEqual(1.002)
      }
    }
  })
}

test.each(avatarHues)('initials are readable on hue %i', (hue) => {
  expect(contrast([0.36, 0.075, hue], [0.895, 0.045, hue])).toBeGreaterThanOrEqual(7.6 - rounding)
  expect(contrast([0.9, 0.04, hue], [0.36, 0.055, hue])).toBeGreaterThanOrEqual(7.6 - rounding)
})
