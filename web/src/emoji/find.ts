import { plain } from '../inbox/palette/match'

/** An emoji, how it is called, and what else it is found by. */
export type Emoji = readonly [sign: string, name: string, others: string]

/**
 * The emojis that are called so, best first: the name begins so, a word of it does, something else it is found by
 * does. Case and accents do not count.
 */
export function findEmoji(all: readonly Emoji[], question: string, most = 8): Emoji[] {
  const asked = plain(question.replaceAll('_', ' '))
  const inside = /^\p{Script=Han}/u.test(question)
  const ranked = all.flatMap((emoji, place) => {
    const [, name, others] = emoji
    const called = plain(name)
    const begins = (text: string) => text.split(/[\s,:()|-]+/).some((word) => word.startsWith(asked))
    const rank = called.startsWith(asked)
      ? called === asked
        ? 0
        : 1
      : begins(called)
        ? 2
        : begins(plain(others))
          ? 3
          : inside && `${called}|${others}`.includes(asked)
            ? 4
            : -1
    return rank < 0 ? [] : [{ emoji, rank, place }]
  })
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, most)
    .map(({ emoji }) => emoji)
}
