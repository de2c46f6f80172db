import type { Location } from '../../api/content'

export interface PlaceForm {
  point: string
  name: string
  address: string
}

/**
 * Two numbers in degrees, as maps give them to be copied: "53.8655, 10.6866", also with decimal commas when a
 * semicolon or spaces stand between them. Null when it is no point on the earth.
 */
export function readPoint(text: string): { latitude: number; longitude: number } | null {
  const parts = /[;\s]/.test(text.trim().replace(/,\s+/, ';'))
    ? text
        .trim()
        .replace(/,\s+/, ';')
        .split(/[;\s]+/)
    : text.trim().split(',')
  if (parts.length !== 2) return null
  const [latitude = Number.NaN, longitude = Number.NaN] = parts.map((part) =>
    /^[+-]?\d+([.,]\d+)?°?$/.test(part) ? Number(part.replace('°', '').replace(',', '.')) : Number.NaN,
  )
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return null
  return { latitude, longitude }
}

export function readPlace({ point, name, address }: PlaceForm): Location | null {
  const found = readPoint(point)
  if (!found) return null
  return {
    ...found,
    ...(name.trim() ? { name: name.trim() } : {}),
    ...(address.trim() ? { address: address.trim() } : {}),
  }
}
