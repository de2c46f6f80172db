import type { LogLine } from '../model'

export const sorts = ['all', 'calls', 'webhooks', 'troubles'] as const
export type Sort = (typeof sorts)[number]

/** Calls come in; webhooks, handshakes and fetches go out; troubles are what was refused, struck or tried again. */
export function isOf(line: LogLine, sort: Sort): boolean {
  switch (sort) {
    case 'all':
      return true
    case 'calls':
      return line.direction === 'in'
    case 'webhooks':
      return line.direction === 'out'
    case 'troubles':
      return failed(line) || line.problem !== null || line.fault !== '' || line.attempt > 1
  }
}

/** Whether it did not end as it should have. */
export function failed(line: LogLine): boolean {
  return line.status === 0 ? line.fault !== '' || line.kind === 'webhook' : line.status >= 400
}

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
