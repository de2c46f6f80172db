/** One line of the palette. */
export interface Entry {
  id: string
  label: string
  /** What else it can be found by: a number, a user name. */
  also?: string
}

/** Without case and accents, so that "joao" finds João and "muller" Müller. */
export function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase()
}

/**
 * The entries in which every word of the question begins a word, or occurs: beginnings first, then in the order they
 * came. A question of digits also finds numbers that are written with spaces.
 */
export function search<One extends Entry>(entries: readonly One[], question: string, most: number): One[] {
  const words = plain(question).split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries.slice(0, most)
  const digits = question.replace(/[\s()./-]/g, '')
  const ranked = entries.flatMap((entry): { entry: One; rank: number }[] => {
    const text = plain(`${entry.label} ${entry.also ?? ''}`)
    if (/^\+?\d{3,}$/.test(digits) && text.replace(/\D/g, '').includes(digits.replace('+', '')))
      return [{ entry, rank: 1 }]
    if (!words.every((word) => text.includes(word))) return []
    if (text.startsWith(words[0] ?? '')) return [{ entry, rank: 0 }]
    return [
      {
        entry,
        rank: words.every((word) => text.split(/[\s@]+/).some((one) => one.startsWith(word))) ? 1 : 2,
      },
    ]
  })
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ entry }) => entry)
}
