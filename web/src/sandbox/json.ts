/** Reads JSON of which nothing is certain: what is missing or of another kind reads as empty. */

export type Json = Record<string, unknown>

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function has(value: unknown): boolean {
  return Object.keys(object(value)).length > 0
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function number(value: unknown): number {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : 0
}

export function yes(value: unknown): boolean {
  return value === true
}

export function date(value: unknown): Date {
  const read = new Date(text(value))
  return Number.isNaN(read.getTime()) ? new Date(0) : read
}
