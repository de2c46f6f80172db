import { date, has, list, object, text, yes } from './json'
import type { BusinessNumber, Customer, Fault, LogLine, Message, Template } from './model'
import type { Written } from './taps'
import { readCustomer, readFault, readLogLine, readMessage, readNumber, readTemplate } from './wire'

/** The sandbox would not do it; the message is its own sentence, for people who test. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
  }
}

/** There was no answer at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('no answer', { cause })
    this.name = 'Unreachable'
  }
}

/** What PATCH /sandbox/customers/{phone} takes. */
export interface CustomerPatch {
  name?: string
  username?: string
  online?: boolean
  blocked?: boolean
  username_only?: boolean
  opted_out_marketing?: boolean
  not_on_whatsapp?: boolean
  reads_at_once?: boolean
}

/** What POST /sandbox/faults takes, of one fault. */
export interface FaultWish {
  kind: string
  code?: number
  ratio?: number
  count?: number
  delay_ms?: number
}

/** What POST /sandbox/templates/{id}/review takes: a decision of Meta's. */
export type Review =
  | { action: 'approve' | 'pause' | 'unpause' | 'disable' }
  | { action: 'reject'; reason: string }
  | { action: 'category'; category: string }
  | { action: 'quality'; quality: string }

/** How Meta treats a number, an account or the portfolio; what this page can change of it. */
export interface Conduct {
  standing: string
  marketingCap: number
  messagingLimit: number
}

/** What PATCH /sandbox/conduct/{id} takes, as far as this page asks for it. */
export interface ConductWish {
  standing?: string
  marketing_cap?: number
  messaging_limit?: number
}

/** A webhook that can be sent by hand, with what it tells unless something is laid over it. */
export interface WebhookExample {
  field: string
  event: string
  about: string
  value: unknown
}

/** The control API of the sandbox, see internal/sandbox/control*.go. */
export const client = {
  async customers(): Promise<Customer[]> {
    return rows(await call('GET', '/sandbox/customers')).map(readCustomer)
  },
  async numbers(): Promise<BusinessNumber[]> {
    return rows(await call('GET', '/sandbox/numbers')).map(readNumber)
  },
  async faults(): Promise<Fault[]> {
    return rows(await call('GET', '/sandbox/faults')).map(readFault)
  },
  /** Newest first. */
  async log(limit: number): Promise<LogLine[]> {
    return rows(await call('GET', `/sandbox/log?limit=${limit}`))
      .map(readLogLine)
      .sort((a, b) => b.seq - a.seq)
  },
  /** Both directions, oldest first, with what has not arrived. */
  async chat(phone: string): Promise<Message[]> {
    return rows(await call('GET', `${customer(phone)}/messages?all=true`)).map(readMessage)
  },
  /** That customer writes; a file becomes the media of the message. Gives the wamid. */
  async write(phone: string, message: Written, file?: File): Promise<string> {
    let body: Written | FormData = message
    if (file) {
      body = new FormData()
      body.set('message', JSON.stringify(message))
      body.set('file', file)
    }
    return text(object(await call('POST', `${customer(phone)}/messages`, body)).id)
  },
  async read(phone: string): Promise<void> {
    await call('POST', `${customer(phone)}/read`)
  },
  /** Says that this phone is before somebody's eyes, for the next 30 seconds, or no longer. */
  async presence(phone: string, open: boolean): Promise<void> {
    await call('POST', `${customer(phone)}/presence`, { open })
  },
  async played(phone: string, id: string): Promise<void> {
    await call('POST', `${customer(phone)}/messages/${encodeURIComponent(id)}/played`)
  },
  async patch(phone: string, patch: CustomerPatch): Promise<Customer> {
    return readCustomer(await call('PATCH', customer(phone), patch))
  },
  /** Meta's time, and whether it stands. */
  async clock(): Promise<{ now: Date; frozen: boolean }> {
    const json = object(await call('GET', '/sandbox/clock'))
    return { now: date(json.now), frozen: yes(json.frozen) }
  },
  async freeze(stands: boolean): Promise<void> {
    await call('POST', '/sandbox/clock', { freeze: stands })
  },
  async advance(by: string): Promise<void> {
    await call('POST', '/sandbox/clock', { advance: by })
  },
  /** `now` takes Meta's time back to the time of the machine. */
  async setClock(at: Date | 'now'): Promise<void> {
    await call('POST', '/sandbox/clock', { set: at === 'now' ? at : at.toISOString() })
  },
  async addFault(fault: FaultWish): Promise<void> {
    await call('POST', '/sandbox/faults', fault)
  },
  async removeFault(id: string): Promise<void> {
    await call('DELETE', `/sandbox/faults/${encodeURIComponent(id)}`)
  },
  async templates(): Promise<Template[]> {
    return rows(await call('GET', '/sandbox/templates')).map(readTemplate)
  },
  async review(id: string, review: Review): Promise<Template> {
    return readTemplate(await call('POST', `/sandbox/templates/${encodeURIComponent(id)}/review`, review))
  },
  async conducts(): Promise<Map<string, Conduct>> {
    const all = object(object(await call('GET', '/sandbox/conduct')).data)
    return new Map(Object.entries(all).map(([id, json]) => [id, readConduct(json)]))
  },
  async setConduct(id: string, wish: ConductWish): Promise<Conduct> {
    return readConduct(await call('PATCH', `/sandbox/conduct/${encodeURIComponent(id)}`, wish))
  },
  async webhooks(): Promise<WebhookExample[]> {
    return list(object(await call('GET', '/sandbox/webhooks')).known).map((json) => {
      const { field, event, about, value } = object(json)
      return { field: text(field), event: text(event), about: text(about), value }
    })
  },
  /** Sends one, and gives what was told. */
  async fire(wish: {
    field: string
    event?: string
    phone_number_id?: string
    value?: unknown
  }): Promise<unknown> {
    return object(await call('POST', '/sandbox/webhooks', wish)).value
  },
  async pricing(): Promise<unknown> {
    return call('GET', '/sandbox/pricing')
  },
  async setPricing(book: unknown): Promise<void> {
    await call('PUT', '/sandbox/pricing', book)
  },
  /** Forgets everything and goes on from a state that GET /sandbox/state has given. */
  async setState(state: unknown): Promise<void> {
    await call('PUT', '/sandbox/state', state)
  },
  async reset(): Promise<void> {
    await call('POST', '/sandbox/reset')
  },
}

function readConduct(json: unknown): Conduct {
  const { standing, marketing_cap, messaging_limit } = object(json)
  return {
    standing: text(standing),
    marketingCap: figure(marketing_cap),
    messagingLimit: figure(messaging_limit),
  }
}

function figure(json: unknown): number {
  return typeof json === 'number' ? json : 0
}

function customer(phone: string): string {
  return `/sandbox/customers/${encodeURIComponent(phone)}`
}

function rows(answer: unknown): unknown[] {
  return list(object(answer).data)
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const form = body instanceof FormData
  const response = await fetch(path, {
    method,
    headers: body === undefined || form ? undefined : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : form ? body : JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new Unreachable(error)
  })
  const answer: unknown = await response.json().catch(() => ({}))
  if (!response.ok) throw new Refused(response.status, sentence(answer) || `HTTP ${response.status}`)
  return answer
}

/** The sentence of an error, in the forms that errors have here. */
function sentence(answer: unknown): string {
  const json = object(answer)
  if (text(json.detail)) return text(json.detail)
  const error = object(json.error)
  return has(error) ? text(object(error.error_data).details) || text(error.message) : text(json.error)
}
