export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; spans: Span[] }

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const

/** A web address, without the punctuation that ends the sentence around it. */
const link = /^https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}*_~。，；：！？）】」』]/i
const fence = /^```([\s\S]+?)```/
const code = /^`([^`\n]+)`/

/** The same words without their marks, for one line in a list. */
export function plainMessage(text: string): string {
  return plain(parseMessage(text))
}

function plain(spans: Span[]): string {
  return spans.map((span) => ('spans' in span ? plain(span.spans) : span.text)).join('')
}

/**
 * Reads WhatsApp's way of writing: *bold*, _italic_, ~strike~, `code` and ```code```. A mark counts only at
 * the edge of a word and around something that neither begins nor ends with a space, so 2 * 3 * 4 and
 * snake_case_names stay as they are.
 */
export function parseMessage(text: string): Span[] {
  const spans: Span[] = []
  let plain = ''
  function push(span: Span) {
    if (plain) spans.push({ kind: 'text', text: plain })
    plain = ''
    spans.push(span)
  }

  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const before = text[at - 1]
    const found = readSpan(rest, before)
    if (found) {
      push(found.span)
      at += found.length
    } else {
      plain += text[at]
      at += 1
    }
  }
  if (plain) spans.push({ kind: 'text', text: plain })
  return spans
}

function readSpan(rest: string, before: string | undefined): { span: Span; length: number } | null {
  const first = rest[0] ?? ''
  if (first === '`') {
    const match = fence.exec(rest) ?? code.exec(rest)
    return match ? { span: { kind: 'code', text: match[1] ?? '' }, length: match[0].length } : null
  }
  if (isWordPart(before)) return null
  if (first === 'h' || first === 'H') {
    const match = link.exec(rest)
    return match ? { span: { kind: 'link', text: match[0], href: match[0] }, length: match[0].length } : null
  }
  if (first === '*' || first === '_' || first === '~') return readMarked(rest, first)
  return null
}

function readMarked(rest: string, mark: keyof typeof marks): { span: Span; length: number } | null {
  if (isSpace(rest[1]) || rest[1] === mark) return null
  const endOfLine = rest.indexOf('\n')
  const limit = endOfLine < 0 ? rest.length : endOfLine
  for (let end = rest.indexOf(mark, 2); end > 0 && end < limit; end = rest.indexOf(mark, end + 1)) {
    if (isSpace(rest[end - 1]) || isWordPart(rest[end + 1])) continue
    return { span: { kind: marks[mark], spans: parseMessage(rest.slice(1, end)) }, length: end + 1 }
  }
  return null
}

/** Han and kana have no spaces between words, so a mark may stand right beside them. */
function isWordPart(letter: string | undefined): boolean {
  return (
    letter !== undefined &&
    /[\p{L}\p{N}]/u.test(letter) &&
    !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(letter)
  )
}

function isSpace(letter: string | undefined): boolean {
  return letter === undefined || /\s/.test(letter)
}
