import type { SearchQuestion } from '../api/calls'

/** What messages may carry, as the server names it. */
export const carried = [
  'media',
  'image',
  'video',
  'audio',
  'document',
  'location',
  'contacts',
  'order',
  'link',
] as const
export type Carried = (typeof carried)[number]

export const spans = ['today', 'week', 'month', 'year'] as const
export type Span = (typeof spans)[number]

/** What to search by beside the words; empty: any. */
export interface Filters {
  number: string
  person: string
  direction: '' | 'inbound' | 'outbound'
  has: '' | Carried
  /** One that the conversation has now. */
  label: string
  /** How far back. */
  span: '' | Span
}

export const noFilters: Filters = { number: '', person: '', direction: '', has: '', label: '', span: '' }

export const filtered = (filters: Filters) => Object.values(filters).some(Boolean)

/** The moment at which a span begins, at midnight where the reader is. */
export function beginning(span: Span, now: Date): Date {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  if (span === 'week') day.setDate(day.getDate() - 6)
  else if (span === 'month') day.setDate(day.getDate() - 29)
  else if (span === 'year') day.setFullYear(day.getFullYear() - 1)
  return day
}

/** What is asked of the server; null when there is nothing to ask yet. */
export function questionOf(words: string, filters: Filters, now: Date): SearchQuestion | null {
  // The space at the end says that the last word is whole; those in front say nothing.
  const q = words.trimStart()
  if (!/[\p{L}\p{N}\p{So}]/u.test(q) && (q !== '' || !filters.has)) return null
  return {
    q,
    phone_number_id: filters.number,
    person_id: filters.person,
    direction: filters.direction,
    has: filters.has,
    label: filters.label,
    from: filters.span ? beginning(filters.span, now).toISOString() : '',
  }
}
