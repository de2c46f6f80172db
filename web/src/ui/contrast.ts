/** Lightness 0–1, chroma, hue in degrees, as in CSS `oklch()`. */
export type Oklch = readonly [number, number, number]

/** Gamma-encoded sRGB, each channel 0–1; outside that range the colour cannot be shown. */
export function toSrgb(colour: Oklch): [number, number, number] {
  const [r, g, b] = toLinear(colour)
  return [encode(r), encode(g), encode(b)]
}

/** The WCAG 2.2 contrast ratio of two colours, 1 to 21. */
export function contrast(a: Oklch, b: Oklch): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Oklch): number {
  const [r, g, b] = toLinear(colour).map((c) => Math.min(1, Math.max(0, c))) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** The matrices of CSS Color 4, section 10.8: OKLCH to OKLab to LMS to linear sRGB. */
function toLinear([lightness, chroma, hue]: Oklch): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function encode(c: number): number {
  const size = Math.abs(c)
  return Math.sign(c) * (size <= 0.0031308 ? 12.92 * size : 1.055 * size ** (1 / 2.4) - 0.055)
}
