import type { LogLine } from '../model'

/**
 * A call of the log as a command for a shell, to be played again. A token is never in the log, so a variable
 * stands in its place; a webhook goes to the address it went to.
 */
export function curlOf(line: LogLine, origin: string): string {
  const address = /^https?:/.test(line.path) ? line.path : origin + line.path
  const parts = [`curl -X ${line.method || 'GET'} ${quote(address)}`]
  if (line.direction === 'in') parts.push(`-H "Authorization: Bearer $TOKEN"`)
  const body = bodyOf(line.request)
  if (body) {
    parts.push(`-H 'Content-Type: application/json'`)
    parts.push(`--data ${quote(body)}`)
  }
  return parts.join(' \\\n  ')
}

function bodyOf(request: unknown): string {
  if (request === undefined || request === null || request === '') return ''
  return typeof request === 'string' ? request : JSON.stringify(request)
}

/** Between single quotes a shell changes nothing; a single quote itself ends them for a moment. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
