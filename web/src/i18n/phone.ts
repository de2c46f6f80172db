/** Calling codes of one and two digits (ITU E.164); all others have three. */
const short = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
)

/** How the rest is grouped where we know it: the length of each group, the last one takes what is left. */
const groups: Readonly<Record<string, readonly number[]>> = {
  '1': [3, 3, 4],
  '33': [1, 2, 2, 2, 2],
  '34': [3, 3, 3],
  '39': [3, 3, 4],
  '44': [4, 6],
  '49': [3, 4, 4],
  '55': [2, 5, 4],
  '86': [3, 4, 4],
}

/** "4915228817386" and "+4915228817386" are +49 152 2881 7386. The spaces do not break. */
export function formatPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  if (digits.length < 7) return phone
  const code =
    [1, 2].map((length) => digits.slice(0, length)).find((start) => short.has(start)) ?? digits.slice(0, 3)
  return `+${[code, ...split(digits.slice(code.length), groupsFor(code, digits))].join('\u00a0')}`
}

function groupsFor(code: string, digits: string): readonly number[] {
  // A Brazilian landline has eight digits after the area code, a mobile nine.
  if (code === '55' && digits.length === 12) return [2, 4, 4]
  return groups[code] ?? [3, 3, 4]
}

function split(rest: string, lengths: readonly number[]): string[] {
  const parts: string[] = []
  let at = 0
  for (const [place, length] of lengths.entries()) {
    if (at >= rest.length) break
    const last = place === lengths.length - 1
    parts.push(last ? rest.slice(at) : rest.slice(at, at + length))
    at += length
  }
  return parts
}
