import { client } from './client'
import { date, type Json, list, object, text, yes } from './json'
import type { Store } from './store'
import {
  readCustomer,
  readFault,
  readLogLine,
  readMessage,
  readNumber,
  readProblem,
  readStatus,
  readTemplate,
} from './wire'
import { type Change, logLength, typingMs } from './world'

/** How long a page waits before it calls again, when the sandbox is not there. */
const again = 2_000

/** Follows the sandbox until the answer is called: all that is, then all that happens. */
export function follow(store: Store): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let counting: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function load() {
    loadAll(store).catch(retry)
  }

  function retry() {
    source?.close()
    source = null
    if (stopped || timer) return
    store.change({ is: 'link', link: 'lost' })
    timer = setTimeout(() => {
      timer = undefined
      open()
    }, again)
  }

  /** The sandbox does not tell of each time a fault strikes; what struck stands in the log. */
  function recount() {
    counting ??= setTimeout(() => {
      counting = undefined
      client.faults().then(
        (faults) => stopped || store.change({ is: 'faults', faults }),
        () => undefined,
      )
    }, 300)
  }

  function open() {
    if (stopped) return
    source = new EventSource('/sandbox/events')
    // The browser would call again by itself, but not after every kind of failure.
    source.onerror = retry
    source.addEventListener('hello', load)
    source.addEventListener('resync', load)
    source.addEventListener('reset', load)
    for (const name of names) {
      source.addEventListener(name, (event) => {
        for (const change of changesOf(name, parse(event.data))) {
          store.change(change)
          if (change.is === 'log' && change.line.fault) recount()
        }
      })
    }
  }

  open()
  return () => {
    stopped = true
    clearTimeout(timer)
    clearTimeout(counting)
    source?.close()
  }
}

/** Fetches everything, and the chats of the phones that are on the page. */
export async function loadAll(store: Store): Promise<void> {
  await store.snapshot(async () => {
    const [clock, numbers, customers, faults, templates, log] = await Promise.all([
      client.clock(),
      client.numbers(),
      client.customers(),
      client.faults(),
      client.templates(),
      client.log(logLength),
    ])
    const exist = new Set(customers.map((each) => each.phone))
    const phones = Object.keys(store.world().chats)
    const chats = await Promise.all(phones.map((phone) => (exist.has(phone) ? client.chat(phone) : [])))
    return [
      { is: 'clock', ...clock, real: Date.now() },
      {
        is: 'loaded',
        world: {
          numbers,
          faults,
          templates,
          log,
          customers: Object.fromEntries(customers.map((each) => [each.phone, each])),
        },
      },
      ...chats.map((messages, at): Change => ({ is: 'chat', phone: phones[at] ?? '', messages })),
      { is: 'link', link: 'live' },
    ]
  })
}

/** Fetches the chat of a phone that comes onto the page. */
export async function loadChat(store: Store, phone: string): Promise<void> {
  if (!store.world().chats[phone]) store.change({ is: 'chat', phone, messages: [] })
  // Asking for the chat of somebody who does not exist yet would create them.
  if (!store.world().customers[phone]) return
  await store.snapshot(async () => [{ is: 'chat', phone, messages: await client.chat(phone) }])
}

const names = [
  'hello',
  'clock',
  'message',
  'status',
  'typing',
  'customer',
  'number',
  'faults',
  'template',
  'log',
  'reset',
] as const

/** What an event of internal/sandbox/events.go changes. */
export function changesOf(name: (typeof names)[number], json: Json): Change[] {
  const phone = text(json.customer)
  switch (name) {
    case 'hello':
    case 'clock':
      return [{ is: 'clock', now: date(json.now), real: Date.now(), frozen: yes(json.frozen) }]
    case 'message':
      return [{ is: 'message', phone, message: readMessage(json.message) }]
    case 'status':
      return [
        {
          is: 'status',
          phone,
          id: text(json.id),
          status: readStatus(json.status),
          problems: list(json.errors).map(readProblem),
        },
      ]
    case 'typing':
      return [{ is: 'typing', phone, number: text(json.phone_number_id), until: Date.now() + typingMs }]
    case 'customer':
      return [{ is: 'customer', customer: readCustomer(json) }]
    case 'number':
      return [{ is: 'number', number: readNumber(json) }]
    case 'faults':
      return [{ is: 'faults', faults: list(json.data).map(readFault) }]
    case 'template':
      return [{ is: 'template', template: readTemplate(json) }]
    case 'log':
      return [{ is: 'log', line: readLogLine(json) }]
    case 'reset':
      return [{ is: 'reset' }]
  }
}

function parse(data: unknown): Json {
  try {
    return object(JSON.parse(text(data)))
  } catch {
    return {}
  }
}
