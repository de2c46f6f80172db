import type { LogLine } from '../model'

/**
 * Whether a line has all words of the filter, in what it shows or in its bodies. A phone number matches however
 * it is written, since calls and webhooks carry digits only.
 */
export function matches(line: LogLine, filter: string): boolean {
  const wanted = filter.trim().toLowerCase()
  if (!wanted) return true
  const text = textOf(line)
  if (/^\+?[\d\s().-]{5,}$/.test(wanted)) return text.includes(wanted.replace(/\D/g, ''))
  return wanted.split(/\s+/).every((word) => text.includes(word))
}

const texts = new WeakMap<LogLine, string>()

function textOf(line: LogLine): string {
  const known = texts.get(line)
  if (known !== undefined) return known
  const { summary, method, path, edge, wamid, fault, note, updates, request, response, status } = line
  const text = [
    summary,
    method,
    path,
    edge,
    wamid,
    fault,
    note,
    String(status),
    ...updates,
    JSON.stringify(request) ?? '',
    JSON.stringify(response) ?? '',
  ]
    .join(' ')
    .toLowerCase()
  texts.set(line, text)
  return text
}
