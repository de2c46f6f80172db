import { describe, expect, it } from 'vitest'
import { beginning, noFilters, questionOf } from './question'

const now = new Date(2026, 2, 31, 15, 30)

describe('a question', () => {
  it('is asked when there is something to look for', () => {
    expect(questionOf('', noFilters, now)).toBeNull()
    expect(questionOf('  ?! ', noFilters, now)).toBeNull()
    expect(questionOf('r', noFilters, now)?.q).toBe('r')
    expect(questionOf('订', noFilters, now)?.q).toBe('订')
    expect(questionOf('👍', noFilters, now)?.q).toBe('👍')
  })

  it('needs no words beside what messages carry, and nothing else does', () => {
    expect(questionOf('', { ...noFilters, has: 'image' }, now)).toMatchObject({ q: '', has: 'image' })
    expect(questionOf('', { ...noFilters, span: 'week' }, now)).toBeNull()
    expect(questionOf('?', { ...noFilters, has: 'image' }, now)).toBeNull()
  })

  it('keeps the space that says the last word is whole', () => {
    expect(questionOf(' r-24 ', noFilters, now)?.q).toBe('r-24 ')
  })

  it('goes back to a midnight', () => {
    expect(beginning('today', now)).toEqual(new Date(2026, 2, 31))
    expect(beginning('week', now)).toEqual(new Date(2026, 2, 25))
    expect(beginning('year', now)).toEqual(new Date(2025, 2, 31))
  })
})
