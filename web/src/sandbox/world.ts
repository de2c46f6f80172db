import {
  type BusinessNumber,
  type Customer,
  climbs,
  type Fault,
  type LogLine,
  type Message,
  type Problem,
  type Status,
  type Template,
} from './model'

/** How many lines of the log the page keeps; the sandbox has more. */
export const logLength = 500

/** How long "typing…" stands when no message follows, as on WhatsApp. */
export const typingMs = 25_000

/** Everything the page shows. It is never changed in place, so that React sees what is new. */
export interface World {
  link: 'connecting' | 'live' | 'lost'
  /** Whether the first answers are there. */
  loaded: boolean
  /** Meta's time minus this machine's, in ms. */
  offset: number
  /** Where Meta's clock stands; null while it goes. */
  frozen: Date | null
  numbers: readonly BusinessNumber[]
  /** By phone. */
  customers: Readonly<Record<string, Customer>>
  /** By phone, oldest first; only of the phones on the page. */
  chats: Readonly<Record<string, readonly Message[]>>
  /** By phone and number: until when the business types, in this machine's ms. */
  typing: Readonly<Record<string, number>>
  faults: readonly Fault[]
  templates: readonly Template[]
  /** Newest first. */
  log: readonly LogLine[]
}

export const emptyWorld: World = {
  link: 'connecting',
  loaded: false,
  offset: 0,
  frozen: null,
  numbers: [],
  customers: {},
  chats: {},
  typing: {},
  faults: [],
  templates: [],
  log: [],
}

export type Change =
  | { is: 'link'; link: World['link'] }
  | { is: 'loaded'; world: Pick<World, 'numbers' | 'customers' | 'faults' | 'templates' | 'log'> }
  | { is: 'clock'; now: Date; real: number; frozen: boolean }
  | { is: 'chat'; phone: string; messages: readonly Message[] }
  | { is: 'chatClosed'; phone: string }
  | { is: 'message'; phone: string; message: Message }
  | { is: 'status'; phone: string; id: string; status: Status; problems: Problem[] }
  | { is: 'typing'; phone: string; number: string; until: number }
  | { is: 'customer'; customer: Customer }
  | { is: 'number'; number: BusinessNumber }
  | { is: 'faults'; faults: readonly Fault[] }
  | { is: 'template'; template: Template }
  | { is: 'log'; line: LogLine }
  | { is: 'reset' }

/** The world after one change. Every change can come twice without harm. */
export function after(world: World, change: Change): World {
  switch (change.is) {
    case 'link':
      return { ...world, link: change.link }
    case 'loaded':
      return { ...world, ...change.world, loaded: true }
    case 'clock':
      return {
        ...world,
        offset: change.now.getTime() - change.real,
        frozen: change.frozen ? change.now : null,
      }
    case 'chat':
      return { ...world, chats: { ...world.chats, [change.phone]: change.messages } }
    case 'chatClosed': {
      const { [change.phone]: _, ...chats } = world.chats
      return { ...world, chats }
    }
    case 'message':
      return afterMessage(withLast(world, change.phone, change.message.at), change.phone, change.message)
    case 'status':
      return afterStatus(world, change)
    case 'typing':
      return {
        ...world,
        typing: { ...world.typing, [typingKey(change.phone, change.number)]: change.until },
      }
    case 'customer':
      return { ...world, customers: { ...world.customers, [change.customer.phone]: change.customer } }
    case 'number':
      return {
        ...world,
        numbers: world.numbers.map((each) => (each.id === change.number.id ? change.number : each)),
      }
    case 'faults':
      return { ...world, faults: change.faults }
    case 'template': {
      const { template } = change
      const at = world.templates.findIndex((each) => each.id === template.id)
      return {
        ...world,
        templates: at < 0 ? [...world.templates, template] : world.templates.with(at, template),
      }
    }
    case 'log':
      return afterLine(world, change.line)
    case 'reset':
      return {
        ...emptyWorld,
        link: world.link,
        loaded: world.loaded,
        numbers: world.numbers,
        chats: Object.fromEntries(Object.keys(world.chats).map((phone) => [phone, []])),
      }
  }
}

export function typingKey(phone: string, number: string): string {
  return `${phone} ${number}`
}

function withChat(
  world: World,
  phone: string,
  change: (chat: readonly Message[]) => readonly Message[],
): World {
  const chat = world.chats[phone]
  return chat ? { ...world, chats: { ...world.chats, [phone]: change(chat) } } : world
}

/** A person is made known before their first message is there. */
function withLast(world: World, phone: string, at: Date): World {
  const customer = world.customers[phone]
  if (!customer || (customer.lastAt && customer.lastAt >= at)) return world
  return { ...world, customers: { ...world.customers, [phone]: { ...customer, lastAt: at } } }
}

function afterMessage(world: World, phone: string, message: Message): World {
  const changed = withChat(world, phone, (messages) => {
    const at = messages.findIndex((each) => each.id === message.id)
    if (at < 0) return [...reacted(messages, message), message]
    const known = messages[at]
    const newer =
      known && climbs(message.status, known.status) ? { ...message, status: known.status } : message
    return messages.with(at, newer)
  })
  if (message.mine || message.content.kind === 'reaction') return changed
  const { [typingKey(phone, message.number)]: _, ...typing } = changed.typing
  return { ...changed, typing }
}

function afterStatus(world: World, { phone, id, status, problems }: Change & { is: 'status' }): World {
  return withChat(world, phone, (messages) => {
    const at = messages.findIndex((each) => each.id === id)
    const known = messages[at]
    if (!known || !climbs(known.status, status)) return messages
    const message = { ...known, status, problems }
    return reacted(messages, message).with(at, message)
  })
}

/** A reaction is a message of its own, and stands on the one it is for once it was sent. */
function reacted(messages: readonly Message[], message: Message): readonly Message[] {
  const { content, mine, status } = message
  if (content.kind !== 'reaction' || status === 'failed' || status === 'accepted') return messages
  return messages.map((each) =>
    each.id === content.target
      ? { ...each, reactions: { ...each.reactions, [mine ? 'mine' : 'theirs']: content.emoji } }
      : each,
  )
}

function afterLine(world: World, line: LogLine): World {
  const newest = world.log[0]
  if (!newest || line.seq > newest.seq) {
    return { ...world, log: [line, ...world.log].slice(0, logLength) }
  }
  // Two lines can overtake each other on their way; the same line can come twice.
  const at = world.log.findIndex((each) => each.seq <= line.seq)
  if (at < 0 || world.log[at]?.seq === line.seq) return world
  return { ...world, log: world.log.toSpliced(at, 0, line) }
}
