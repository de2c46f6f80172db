import type { Who } from '../../api/desk'

export interface Part {
  text: string
  who?: Who
}

/** A note in parts: plain words, and the names of those whom it mentions. Longer names are looked for first. */
export function partsOf(text: string, mentions: readonly Who[]): Part[] {
  const names = mentions.toSorted((a, b) => b.name.length - a.name.length)
  const parts: Part[] = []
  let plain = 0
  let at = 0
  while (at < text.length) {
    const who = text[at] === '@' ? names.find(({ name }) => text.startsWith(name, at + 1)) : undefined
    if (!who) {
      at += 1
      continue
    }
    if (at > plain) parts.push({ text: text.slice(plain, at) })
    parts.push({ text: `@${who.name}`, who })
    at += who.name.length + 1
    plain = at
  }
  if (plain < text.length) parts.push({ text: text.slice(plain) })
  return parts
}

/** The people whose names stand in a note behind an @. */
export function mentioned<One extends Who>(text: string, people: readonly One[]): One[] {
  const found = new Set(partsOf(text, people).flatMap(({ who }) => who?.person_id ?? []))
  return people.filter(({ person_id }) => found.has(person_id))
}
