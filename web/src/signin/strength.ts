/** How many characters a password needs at least, and may have at most; the server holds it, too. */
export const shortest = 12
export const longest = 256

/** What keeps a password from being good. */
export type Weakness = 'short' | 'common' | 'personal' | 'even'
export interface Strength {
  /** 0 not accepted or easily guessed, 1 passable, 2 good, 3 strong. */
  level: 0 | 1 | 2 | 3
  weakness?: Weakness
}

/** Beginnings and wholes that everybody tries first, in our readers' languages. */
const common =
  /^(?:pass?w[o0]rd|passwort|kennwort|senha|mima|qwertz?u?y?|asdf|letmein|welcome|willkommen|iloveyou|admin|kontor|whatsapp|hallo|ol[aá]|woaini|abc|123|111|000|a1b2)/i

/**
 * A hint while somebody types, not a judgement: how many tries it takes to guess is known to nobody. Length
 * counts most, then how different the characters are; words that others know count against it.
 */
export function strengthOf(password: string, personal: readonly string[] = []): Strength {
  const letters = [...password]
  if (letters.length < shortest) return { level: 0, weakness: 'short' }
  const plain = password.toLowerCase()
  const own = personal
    .flatMap((words) => words.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= 4)
  const rest = own.reduce((left, word) => left.replaceAll(word, ''), plain)
  if ([...rest].length < 8 && rest !== plain) return { level: 0, weakness: 'personal' }
  const different = new Set(plain).size
  if (different < 5 || runs(letters) > letters.length / 2) return { level: 0, weakness: 'even' }
  if (common.test(plain) && letters.length < shortest + 8) return { level: 1, weakness: 'common' }
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u, /\p{Lo}/u].filter((kind) =>
    kind.test(password),
  )
  const points = letters.length + 2 * kinds.length + (different >= 10 ? 2 : 0)
  return { level: points >= 24 ? 3 : points >= 16 ? 2 : 1 }
}

/** How many characters repeat the one before or follow it in the alphabet or among the digits. */
function runs(letters: readonly string[]): number {
  let count = 0
  for (let place = 1; place < letters.length; place++) {
    const step = (letters[place]?.codePointAt(0) ?? 0) - (letters[place - 1]?.codePointAt(0) ?? 0)
    if (step === 0 || step === 1 || step === -1) count++
  }
  return count
}
