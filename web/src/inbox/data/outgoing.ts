import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import * as calls from '../../api/calls'
import { NoAnswer, Refusal } from '../../api/client'
import type { Content } from '../../api/content'
import { clockNow } from '../../ui/clock'

/** What a person of the house sends. */
export interface Letter {
  conversation: string
  /** The last part of the address: text, template, buttons, … */
  kind: string
  /** Without `to`, `delay_seconds` and the key, which are added here. */
  body: object
  to: calls.Whom
  /** What the bubble shows until the server's own copy is here. */
  content: Content
  /** Goes back into the field when the letter is taken back. */
  draft?: string
  /** The message it answers: quoted again when the letter is taken back. */
  quoted?: string
}

/**
 * sending: no answer yet. leaving: accepted, may still be taken back. gone: accepted and past that.
 * unanswered: the answer was lost and nobody knows; the same key makes another try safe. refused: the server
 * said no and nothing was sent.
 */
export type LetterState = 'sending' | 'leaving' | 'gone' | 'unanswered' | 'refused'

export interface Outgoing extends Letter {
  /** The idempotency key, and the name of this letter in the page. */
  key: string
  at: string
  state: LetterState
  messageId?: string
  /** In milliseconds since 1970: until then it may be taken back. */
  leavesAt?: number
  error?: unknown
  /** The person wants it back, but the server has not yet said that it has it. */
  takingBack?: boolean
}

/** Design: an undo holds five seconds at most. The first second is for the request itself. */
export const undoSeconds = 4

const waits = [1_000, 3_000, 8_000]

interface OutgoingOptions {
  /** Whose letters they are: what another person sent from this tab is not this one's to see or to send again. */
  person?: string
  /** Told when it was too late to take it back. */
  onTooLate?: (letter: Outgoing) => void
  /** In place of the server, for tests. */
  server?: Pick<typeof calls, 'send' | 'cancelMessage'>
  now?: () => number
}

/**
 * Everything that was sent from this tab and is not yet known from the server: bubbles appear at once, a lost
 * answer is asked for again with the same key, and what was refused keeps its words. Within a conversation one
 * letter is handed over after the other, since of two requests at once the later may overtake the earlier.
 * Letters without an answer survive a reload of the tab.
 */
export class OutgoingLetters {
  readonly #options: OutgoingOptions
  readonly #store: string
  readonly #server: Pick<typeof calls, 'send' | 'cancelMessage'>
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  readonly #takenBack = new Set<(letter: Outgoing) => void>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** By conversation: the end of what is being handed over. */
  readonly #turns = new Map<string, Promise<void>>()
  /** Letters, by key, that the server was never asked to take. */
  readonly #unasked = new Set<string>()
  #letters: readonly Outgoing[]

  constructor(options: OutgoingOptions = {}) {
    this.#options = options
    this.#server = options.server ?? calls
    this.#now = options.now ?? Date.now
    this.#store = `kontor.outgoing.${options.person ?? ''}`
    this.#letters = restore(this.#store)
  }

  subscribe = (changed: () => void) => {
    this.#listeners.add(changed)
    return () => {
      this.#listeners.delete(changed)
    }
  }

  /** Calls with each letter that was taken back: its words belong into the field again. */
  onTakenBack(then: (letter: Outgoing) => void): () => void {
    this.#takenBack.add(then)
    return () => {
      this.#takenBack.delete(then)
    }
  }

  all = (): readonly Outgoing[] => this.#letters

  /** Sends; the bubble is there when this returns. */
  send(letter: Letter): Outgoing {
    const at = new Date(clockNow()).toISOString()
    const fresh: Outgoing = { ...letter, key: crypto.randomUUID(), at, state: 'sending' }
    this.#unasked.add(fresh.key)
    this.#set([...this.#letters, fresh])
    this.#inTurn(fresh)
    return fresh
  }

  /** Once more, with the same key: if the first try arrived, this changes nothing. */
  retry(key: string): void {
    this.#change(key, { state: 'sending', error: undefined })
    const letter = this.#find(key)
    if (letter) this.#inTurn(letter)
  }

  discard(key: string): void {
    this.#set(this.#letters.filter((letter) => letter.key !== key))
  }

  /** Takes a letter back that has not left; the newest one when no key is given. Whether there was one. */
  takeBack(conversation: string, key?: string): boolean {
    const letter = this.#letters.findLast(
      (one) =>
        one.conversation === conversation &&
        (key === undefined || one.key === key) &&
        (one.state === 'leaving' || one.state === 'sending') &&
        !one.takingBack,
    )
    if (!letter) return false
    this.#change(letter.key, { takingBack: true })
    if (letter.state === 'leaving') void this.#cancel(letter.key)
    return true
  }

  /** Lets go of letters whose message has arrived from the server and can no longer be taken back. */
  settle(arrived: (messageId: string) => boolean): void {
    const kept = this.#letters.filter(
      ({ state, messageId }) => !(state === 'gone' && messageId !== undefined && arrived(messageId)),
    )
    if (kept.length !== this.#letters.length) this.#set(kept)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  /** Hands a letter over after those before it; a reaction, which is no part of the talk, at once. */
  #inTurn({ key, conversation, kind }: Outgoing): void {
    if (kind === 'reaction') {
      void this.#handOver(key)
      return
    }
    const before = this.#turns.get(conversation)
    const turn = before ? before.then(() => this.#handOver(key)) : this.#handOver(key)
    this.#turns.set(conversation, turn)
    void turn.then(() => {
      if (this.#turns.get(conversation) === turn) this.#turns.delete(conversation)
    })
  }

  /** Asks the server to take a letter until it has answered, or too often; never throws. */
  async #handOver(key: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      const letter = this.#find(key)
      if (!letter) return
      if (this.#unasked.delete(key) && letter.takingBack) return this.#giveBack(letter)
      // A reaction is a gesture, not a letter: it leaves at once.
      const delay_seconds = letter.kind === 'reaction' ? 0 : undoSeconds
      const { contact_id: to, phone_number_id } = letter.to
      try {
        const accepted = await this.#server.send(
          letter.kind,
          { to, phone_number_id, delay_seconds, ...letter.body },
          key,
        )
        return this.#accepted(key, accepted.message_id, delay_seconds)
      } catch (error) {
        const wait = waits[tries]
        if (error instanceof NoAnswer && wait !== undefined && navigator.onLine) {
          await new Promise<void>((done) => this.#later(wait, done))
          continue
        }
        // A fault of the server's may come after it wrote the message down; a refusal below 500 never does.
        const refused = error instanceof Refusal && error.status < 500
        return this.#change(key, {
          state: refused ? 'refused' : 'unanswered',
          error,
          takingBack: false,
        })
      }
    }
  }

  #giveBack(letter: Outgoing): void {
    this.discard(letter.key)
    for (const then of this.#takenBack) then(letter)
  }

  #accepted(key: string, messageId: string, delay: number): void {
    const letter = this.#find(key)
    if (!letter) return
    const leavesAt = this.#now() + delay * 1_000
    this.#change(key, { state: delay > 0 ? 'leaving' : 'gone', messageId, leavesAt })
    if (letter.takingBack) void this.#cancel(key)
    if (delay > 0) {
      this.#later(delay * 1_000, () => {
        const now = this.#find(key)
        if (now?.state === 'leaving' && !now.takingBack) this.#change(key, { state: 'gone' })
      })
    }
  }

  async #cancel(key: string): Promise<void> {
    const letter = this.#find(key)
    if (!letter?.messageId) return
    try {
      await this.#server.cancelMessage(letter.messageId)
      this.#giveBack(letter)
    } catch (error) {
      if (error instanceof NoAnswer && this.#now() < (letter.leavesAt ?? 0)) {
        this.#later(500, () => this.#cancel(key))
        return
      }
      this.#change(key, { state: 'gone', takingBack: false })
      this.#options.onTooLate?.(letter)
    }
  }

  #later(wait: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      then()
    }, wait)
    this.#timers.add(timer)
  }

  #find(key: string): Outgoing | undefined {
    return this.#letters.find((letter) => letter.key === key)
  }

  #change(key: string, change: Partial<Outgoing>): void {
    this.#set(this.#letters.map((letter) => (letter.key === key ? { ...letter, ...change } : letter)))
  }

  #set(letters: readonly Outgoing[]): void {
    this.#letters = letters
    keep(this.#store, letters)
    for (const changed of this.#listeners) changed()
  }
}

const OutgoingContext = createContext<OutgoingLetters | null>(null)
export const OutgoingProvider = OutgoingContext.Provider

export function useOutgoing(): OutgoingLetters {
  const letters = useContext(OutgoingContext)
  if (!letters) throw new Error('there is no OutgoingProvider')
  return letters
}

/** The letters of one conversation, oldest first. */
export function useLetters(conversation: string): readonly Outgoing[] {
  const outgoing = useOutgoing()
  const all = useSyncExternalStore(outgoing.subscribe, outgoing.all)
  return useMemo(() => all.filter((letter) => letter.conversation === conversation), [all, conversation])
}

/** Errors do not survive as JSON; after a reload only "nobody knows" and "refused" are left, and the words. */
function keep(store: string, letters: readonly Outgoing[]): void {
  const open = letters.filter(({ state }) => state !== 'leaving' && state !== 'gone')
  try {
    if (open.length === 0) sessionStorage.removeItem(store)
    else sessionStorage.setItem(store, JSON.stringify(open.map(({ error: _, ...letter }) => letter)))
  } catch {
    // Full or forbidden: they live as long as the page.
  }
}

function restore(store: string): readonly Outgoing[] {
  try {
    const kept: Outgoing[] = JSON.parse(sessionStorage.getItem(store) ?? '[]')
    return kept.map((letter) => ({
      ...letter,
      takingBack: false,
      state: letter.state === 'sending' ? 'unanswered' : letter.state,
    }))
  } catch {
    return []
  }
}
