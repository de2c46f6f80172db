/** What opens a list: quick replies, people, emojis. */
export type Sign = '/' | '@' | ':'

/** What somebody types behind a sign that opens a list: "/del" asks for "del". */
export interface Asked {
  /** Where the sign stands. */
  from: number
  /** The end of the question, which is where the cursor is. */
  to: number
  question: string
}

/**
 * The question behind a sign before the cursor, where the sign begins a word: a date such as 1/2 and an address such
 * as a@b ask nothing. A question has no line breaks, and at most `words` words.
 */
export function askedBy(sign: Sign, text: string, cursor: number, words = 1): Asked | null {
  const before = text.slice(0, cursor)
  // Chinese keyboards write a wide colon.
  const from = Math.max(before.lastIndexOf(sign), sign === ':' ? before.lastIndexOf('：') : -1)
  if (from < 0 || (from > 0 && !/\s/.test(before[from - 1] ?? ''))) return null
  const question = before.slice(from + 1)
  if (question.includes('\n') || question.split(' ').length > words || question.startsWith(' ')) return null
  return { from, to: cursor, question }
}

const blank = /\{\{[^{}\n]+\}\}/g

/** The first blank at or after a place, else the first of all: where Tab goes. */
export function nextBlank(text: string, after: number): { from: number; to: number } | null {
  const all = [...text.matchAll(blank)].map((found) => ({
    from: found.index,
    to: found.index + found[0].length,
  }))
  return all.find(({ from }) => from >= after) ?? all[0] ?? null
}
