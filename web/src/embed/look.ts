import type { Look, Theme } from '../../packages/panel/src/protocol'

/** The ratio below which text cannot be read well (WCAG 2.2, 1.4.3). */
const least = 4.5

/**
 * Takes over what the page around the frame sets: theme, colours, radius, font. A colour is taken only when text
 * in it can be read on the panel's ground, and text on it where it is a ground itself.
 */
export function applyLook(look: Look, theme: Theme): void {
  const root = document.documentElement
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  else delete root.dataset.theme
  for (const name of [
    '--ink',
    '--ink-hover',
    '--on-ink',
    '--seal',
    '--seal-hover',
    '--on-seal',
    '--seal-text',
  ]) {
    root.style.removeProperty(name)
  }
  const surface = rgb('var(--surface)')
  for (const name of ['ink', 'seal'] as const) {
    const asked = look[name]
    const colour = asked ? rgb(asked) : null
    if (!asked || !colour || !surface || ratio(colour, surface) < least) continue
    const on = ratio(colour, [255, 255, 255]) >= least ? '#fff' : '#000'
    root.style.setProperty(`--${name}`, asked)
    root.style.setProperty(`--${name}-hover`, asked)
    root.style.setProperty(`--on-${name}`, on)
    if (name === 'seal') root.style.setProperty('--seal-text', asked)
  }
  if (look.radius && CSS.supports('border-radius', look.radius)) {
    for (const name of ['--radius-field', '--radius-control', '--radius-card']) {
      root.style.setProperty(name, look.radius)
    }
  }
  if (look.font && CSS.supports('font-family', look.font)) {
    root.style.setProperty('--font-sans', `${look.font}, system-ui, sans-serif`)
  }
}

/** A CSS colour as the browser draws it; null for what is none, or what can be seen through. */
export function rgb(colour: string): [number, number, number] | null {
  if (!colour.startsWith('var(') && !CSS.supports('color', colour)) return null
  const probe = document.createElement('span')
  probe.style.color = colour
  document.body.append(probe)
  const seen = getComputedStyle(probe).color
  probe.remove()
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.fillStyle = seen
  pen.fillRect(0, 0, 1, 1)
  const [r = 0, g = 0, b = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data
  return alpha < 255 ? null : [r, g, b]
}

/** The WCAG 2.2 contrast ratio of two sRGB colours, each channel 0 to 255. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = colour.map((channel) => {
    const c = channel / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
