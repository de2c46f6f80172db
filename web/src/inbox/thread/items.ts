import type { Note } from '../../api/desk'
import type { Message } from '../../api/types'
import type { Outgoing } from '../data/outgoing'
import { order } from '../data/patch'

/** The newest reaction of each side to one message. */
export interface Reactions {
  customer?: string
  house?: string
}

/** One line of a thread, from top to bottom. */
export type Item =
  | { kind: 'day'; key: string; at: Date }
  | { kind: 'message'; key: string; message: Message; reactions: Reactions; newest: boolean }
  | { kind: 'letter'; key: string; letter: Outgoing }
  | { kind: 'note'; key: string; note: Note }
  | { kind: 'unread'; key: string }
  | { kind: 'window'; key: string; at: Date }

interface Input {
  /** Oldest first, as far as they are loaded. */
  messages: readonly Message[]
  /** Oldest first too. */
  notes?: readonly Note[]
  letters: readonly Outgoing[]
  /** The oldest message that nobody had read when the thread was opened. */
  unreadFrom?: string
  /** When the 24 hours end or ended; null when they never began. */
  windowUntil: Date | null
  now: Date
}

/**
 * What a thread shows of a history: a line over each day, reactions on what they are about, edits and
 * withdrawals in the message they changed, what never left not at all, and at the end the letters that are on
 * their way.
 */
export function buildItems({ messages, notes = [], letters, unreadFrom, windowUntil, now }: Input): Item[] {
  const byId = indexMessages(messages)
  const reactions = collectReactions(messages, letters, byId)
  const inLetters = new Set(letters.map(({ messageId }) => messageId))
  const shown = messages.filter((message) => !inLetters.has(message.message_id) && isShown(message, byId))
  const newest = shown.findLast(({ direction, type }) => direction === 'outbound' && type !== 'reaction')
  const closed = windowUntil && windowUntil <= now ? windowUntil : null

  const items: Item[] = []
  const days = new Days(items)
  let closing = closed
  let noted = 0
  function notesBefore(id: string) {
    for (let note = notes[noted]; note && order(note.note_id) < id; note = notes[noted]) {
      days.begin(new Date(note.created_at))
      items.push({ kind: 'note', key: note.note_id, note })
      noted += 1
    }
  }
  for (const message of shown) {
    notesBefore(order(message.message_id))
    const at = new Date(message.at)
    if (closing && at > closing) {
      items.push({ kind: 'window', key: 'window', at: closing })
      closing = null
    }
    days.begin(at)
    if (message.message_id === unreadFrom) items.push({ kind: 'unread', key: 'unread' })
    items.push({
      kind: 'message',
      key: message.message_id,
      message,
      reactions: reactions.get(message.message_id) ?? {},
      newest: message === newest,
    })
  }
  notesBefore('~')
  if (closing && shown.length > 0) items.push({ kind: 'window', key: 'window', at: closing })
  for (const letter of letters) {
    if (letter.kind !== 'reaction' || letter.state === 'refused' || letter.state === 'unanswered') {
      items.push({ kind: 'letter', key: letter.key, letter })
    }
  }
  return items
}

/** Puts a line over each day. A day's end is worked out once, not for each of its messages. */
class Days {
  #end = 0
  #begin = 0
  // Messages come in the order of arrival, which is not always that of their times: a day may come twice.
  readonly #times = new Map<string, number>()
  constructor(readonly items: Item[]) {}

  begin(at: Date): void {
    const time = at.getTime()
    if (time >= this.#begin && time < this.#end) return
    const day = new Date(at.getFullYear(), at.getMonth(), at.getDate())
    this.#begin = day.getTime()
    this.#end = new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime()
    const name = day.toDateString()
    const times = (this.#times.get(name) ?? 0) + 1
    this.#times.set(name, times)
    this.items.push({ kind: 'day', key: times > 1 ? `day ${name} ${times}` : `day ${name}`, at })
  }
}

/** Messages by our id and by WhatsApp's. */
export function indexMessages(messages: readonly Message[]): ReadonlyMap<string, Message> {
  const index = new Map<string, Message>()
  for (const message of messages) {
    index.set(message.message_id, message)
    if (message.wamid) index.set(message.wamid, message)
  }
  return index
}

function isShown({ content, status }: Message, byId: ReadonlyMap<string, Message>): boolean {
  if (status === 'canceled') return false
  switch (content.type) {
    case 'reaction':
      return status === 'failed'
    case 'edit':
      return !byId.has(content.edit?.original_message_id ?? '')
    case 'revoke':
      return !byId.has(content.revoke?.original_message_id ?? '')
    default:
      return true
  }
}

/** A later reaction of the same side takes the place of an earlier one, and an empty one takes it away. */
function collectReactions(
  messages: readonly Message[],
  letters: readonly Outgoing[],
  byId: ReadonlyMap<string, Message>,
): ReadonlyMap<string, Reactions> {
  const found = new Map<string, Reactions>()
  function put(target: string | undefined, side: keyof Reactions, emoji: string | undefined) {
    const message = byId.get(target ?? '')
    if (!message) return
    found.set(message.message_id, { ...found.get(message.message_id), [side]: emoji || undefined })
  }
  for (const { content, direction, status } of messages) {
    if (content.type !== 'reaction' || status === 'failed' || status === 'canceled') continue
    const side = direction === 'inbound' ? 'customer' : 'house'
    put(content.reaction?.message_id, side, content.reaction?.emoji)
  }
  for (const { content, state } of letters) {
    if (content.type !== 'reaction' || state === 'refused') continue
    put(content.reaction?.message_id, 'house', content.reaction?.emoji)
  }
  return found
}
