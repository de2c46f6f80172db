import { address, NoAnswer, refusal } from '../api/client'
import type { Accepted } from '../api/types'
import type { Expiry, Host } from './host'

interface Asking {
  method?: 'GET' | 'POST'
  query?: Record<string, string | number | undefined>
  body?: unknown
  key?: string
  signal?: AbortSignal
}

/** Codes that another token can help against. */
const renewable = new Set(['panel_token_expired', 'panel_token_invalid'])

/**
 * The panel's token and every call with it. A call whose token has ended asks the page for a new one and goes on
 * when it comes, so that nothing that was typed or is under way is lost. No cookies go along.
 */
export class Session {
  #token: string
  #expired = false
  #renewed = new Set<() => void>()
  #watchers = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly host: Host,
    token: string,
  ) {
    this.#token = token
    host.onOpen((open) => this.#take(open.token))
  }

  /** Whether a new token is waited for; for useSyncExternalStore. */
  waiting = (): boolean => this.#expired
  watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #take(token: string): void {
    if (token === this.#token) return
    this.#token = token
    this.#expired = false
    for (const go of this.#renewed) go()
    this.#renewed.clear()
    for (const changed of this.#watchers) changed()
  }

  /** Asks for a new token some time before this one ends. */
  endsAt(end: Date, now: Date): void {
    clearTimeout(this.#timer)
    const left = end.getTime() - now.getTime()
    this.#timer = setTimeout(() => this.ask('expiring'), Math.max(0, left - Math.min(30_000, left / 5)))
  }

  ask(reason: Expiry): void {
    this.host.say({ kontor: 'panel', type: 'expired', reason })
  }

  /** Resolves when there is another token. */
  #renewal(code: string, used: string, signal?: AbortSignal): Promise<void> {
    if (used !== this.#token) return Promise.resolve()
    this.#expired = true
    for (const changed of this.#watchers) changed()
    this.ask(code === 'panel_token_expired' ? 'expired' : 'refused')
    return new Promise((resolve, reject) => {
      this.#renewed.add(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  }

  #headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.#token}`, 'X-Kontor-Panel-Origin': this.host.origin }
  }

  /** Throws Refusal or NoAnswer, as `ask` of the app does; an answer that is no error comes as it is. */
  async fetch(path: string, { method = 'GET', query, body, key, signal }: Asking = {}): Promise<Response> {
    for (;;) {
      const used = this.#token
      const answer = await fetch(address(path, query), {
        method,
        signal,
        credentials: 'omit',
        cache: 'no-store',
        headers: {
          ...this.#headers(),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      }).catch((cause) => {
        if (signal?.aborted) throw cause
        throw new NoAnswer('the server did not answer', { cause })
      })
      if (answer.ok) return answer
      const said = refusal(answer.status, await answer.text().catch(() => ''))
      if (!renewable.has(said.code)) throw said
      await this.#renewal(said.code, used, signal)
    }
  }

  async json<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
    const answer = await this.fetch(path, asking)
    return answer.json().catch((cause) => {
      throw new NoAnswer('the answer broke off', { cause })
    })
  }

  /** Sends a file; by XMLHttpRequest, because fetch does not tell how much has left. */
  async sendFile(
    file: File,
    caption: string,
    key: string,
    onProgress: (share: number) => void,
  ): Promise<Accepted> {
    for (;;) {
      const used = this.#token
      const { status, text } = await this.#upload(file, caption, key, onProgress)
      if (status === 202) return JSON.parse(text)
      const said = refusal(status, text)
      if (!renewable.has(said.code)) throw said
      await this.#renewal(said.code, used)
    }
  }

  #upload(
    file: File,
    caption: string,
    key: string,
    onProgress: (share: number) => void,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', address('panel/files'))
      for (const [name, value] of Object.entries(this.#headers())) request.setRequestHeader(name, value)
      request.setRequestHeader('Idempotency-Key', key)
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
      request.onload = () => resolve({ status: request.status, text: request.responseText })
      request.onerror = () => reject(new NoAnswer('the upload broke off'))
      const form = new FormData()
      if (caption) form.set('caption', caption)
      form.set('file', file, file.name)
      request.send(form)
    })
  }
}
