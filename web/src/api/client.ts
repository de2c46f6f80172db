const base = '/api/v1/whatsapp/'

interface Asking {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  query?: Record<string, string | number | undefined>
  body?: unknown
  /** The same key with the same body is answered once: a send may be repeated when its answer was lost. */
  key?: string
  /** Only if what is changed still has this ETag. */
  match?: string
  signal?: AbortSignal
}

/** One wrong member of a request. */
export interface WrongField {
  name: string
  detail: string
  limit?: number
  length?: number
}

/** The server has answered no; `code` is stable, the rest is for people. */
export class Refusal extends Error {
  override name = 'Refusal'
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly advice: string,
    readonly fields: readonly WrongField[],
    readonly requestId: string,
    /** How many seconds the server asks to wait before the next try; 0 when it does not say. */
    readonly retryAfter = 0,
  ) {
    super(`${code}: ${detail}`)
  }
}

/** No answer came, so nobody here knows whether the server has taken the request. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

const signedOut = new Set<() => void>()

/** Refusals of a session. A wrong password is a 401, too, but ends nothing. */
const noSession = new Set(['not_signed_in', 'unauthorized', 'http_401'])

/** Calls when any answer says that nobody is signed in. */
export function onSignedOut(then: () => void): () => void {
  signedOut.add(then)
  return () => signedOut.delete(then)
}

/** The one way to the server. Throws Refusal or NoAnswer; an abort by the caller passes through as it is. */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', query = {}, body, key, match, signal } = asking
  const answer = await send(address(path, query), {
    method,
    signal,
    headers: {
      ...(method === 'GET' ? {} : { 'X-Kontor-Request': '1' }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      ...(match === undefined ? {} : { 'If-Match': match }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!answer.ok) {
    const wait = answer.headers.get('Retry-After')
    throw refusal(answer.status, await answer.text().catch(() => ''), wait)
  }
  if (answer.status === 204) return undefined as Answer
  return answer.json().catch((cause) => {
    throw new NoAnswer('the answer broke off', { cause })
  })
}

export function address(path: string, query: Asking['query'] = {}): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') words.set(name, String(value))
  }
  const asked = words.toString()
  return base + path + (asked ? `?${asked}` : '')
}

/** Reads an error body; a proxy's answer in HTML becomes a refusal with the code of its status. */
export function refusal(status: number, body: string, retryAfter: string | null = null): Refusal {
  const said = parse(body)
  const code = typeof said.code === 'string' ? said.code : `http_${status}`
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  if (status === 401 && noSession.has(code)) for (const then of signedOut) then()
  return new Refusal(
    status,
    code,
    text(said.detail) || text(said.title),
    text(said.advice),
    Array.isArray(said.errors) ? said.errors : [],
    text(said.request_id),
    Math.max(0, Number(retryAfter) || 0),
  )
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new NoAnswer('the server did not answer', { cause })
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body)
    return value !== null && typeof value === 'object' ? value : {}
  } catch {
    return {}
  }
}
