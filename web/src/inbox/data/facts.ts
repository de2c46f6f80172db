import type { QueryClient } from '@tanstack/react-query'
import * as calls from '../../api/calls'
import { Refusal } from '../../api/client'
import { mediaOf } from '../../api/content'
import * as desk from '../../api/deskcalls'
import { type Conversation, type Fact, type Message, troubles } from '../../api/types'
import { orderKeys, tellOrders } from '../../order/queries'
import { fileArrived, filesMayHaveArrived } from '../cards/arrival'
import { quoteOf, readDraft, writeDraft } from './drafts'
import { dropNote, findMessage, placeConversation, placeMessage, placeNote, withStatus } from './patch'
import { type ConversationPages, cachedConversation, cachedLists, type HistoryPages, keys } from './queries'

interface FactsOptions {
  queries: QueryClient
  /** The person whose list "mine" is. */
  me: string
  /** Told of each message of a customer, once, after it is in the cache. */
  onReceived?: (conversation: Conversation) => void
  /** Told of each conversation that a colleague or a rule has given to this person. */
  onGiven?: (conversation: Conversation) => void
  /** In place of the server, for tests. */
  server?: Pick<typeof calls, 'getConversation' | 'getMessage'> & Pick<typeof desk, 'getNote'>
}

/** Facts that come within this time are worked on together. */
const gather = 80

/** In the same way, what needs attention, and who has how much. */
const gatherTroubles = 2_000
const gatherOverview = 1_000
/** And what was found: the index follows what is said within some seconds. */
const gatherFound = 4_000

/** So many changed conversations at once are cheaper asked for as a list. */
const many = 25

/** What a batch of facts asks for. */
interface Batch {
  conversations: Set<string>
  messages: Map<string, Fact>
  received: Set<string>
  /** Conversations that somebody else has given to somebody. */
  given: Set<string>
  /** Where this person has sent something, here or on another machine, and the draft that was here then. */
  sent: Map<string, string>
  counts: boolean
  /** What needs attention may have changed. */
  troubled: boolean
}

/**
 * Keeps what the pages show true to what the live stream tells, asking the server only for what has changed and
 * is shown or listed. Facts carry ids only, so words always come from the server, with its permissions.
 */
export class Facts {
  readonly #options: Required<Pick<FactsOptions, 'server'>> & FactsOptions
  #batch = emptyBatch()
  #timer: ReturnType<typeof setTimeout> | undefined
  #later = new Map<readonly string[], ReturnType<typeof setTimeout>>()

  constructor(options: FactsOptions) {
    this.#options = { server: { ...calls, getNote: desk.getNote }, ...options }
  }

  take(fact: Fact): void {
    const { queries } = this.#options
    const batch = this.#batch
    const { kind, conversation_id: conversation, message_id: message } = fact
    tellOrders(queries, fact)
    if (kind === 'number.changed') void queries.invalidateQueries({ queryKey: keys.numbers })
    if (kind === 'template.changed') void queries.invalidateQueries({ queryKey: keys.templates })
    if (kind === 'contact.changed') this.#contactChanged(fact)
    if (kind === 'label.changed') {
      for (const queryKey of [keys.labels, keys.lists, ['conversation']])
        void queries.invalidateQueries({ queryKey })
    }
    if (kind === 'quickreply.changed') void queries.invalidateQueries({ queryKey: keys.quickReplies })
    if (kind === 'team.routing') void queries.invalidateQueries({ queryKey: keys.teams })
    if (kind.startsWith('note.')) void this.#noteChanged(fact)
    if (kind === 'agent.changed') void queries.invalidateQueries({ queryKey: keys.agents })
    if (/^(agent\.changed|team\.routing|message\.received|conversation\..*)$/.test(kind))
      this.#renewLater(keys.overview, gatherOverview)
    if (/^(message\.(received|accepted|edited|revoked)|contact\.changed)$/.test(kind))
      this.#renewLater(keys.found, gatherFound)
    if (this.#troubling(fact)) this.#batch.troubled = true

    if (message && kind === 'media.stored') fileArrived(queries, message, 'stored')
    if (message && kind === 'media.failed') fileArrived(queries, message, 'failed')

    if (conversation && message && !(kind === 'message.status' && this.#patchStatus(fact))) {
      batch.messages.set(message, fact)
    }
    if (conversation && touchesConversation(kind)) batch.conversations.add(conversation)
    if (conversation && kind === 'message.received') batch.received.add(conversation)
    const own = fact.actor_id === this.#options.me
    if (conversation && kind === 'conversation.assigned' && !own) batch.given.add(conversation)
    if (conversation && kind === 'message.accepted' && own)
      batch.sent.set(conversation, readDraft(conversation))
    if (kind === 'message.received' || kind.startsWith('conversation.')) batch.counts = true
    this.#timer ??= setTimeout(() => this.#work(), gather)
  }

  /** After the stream has begun anew: everything may have changed. */
  refresh(): void {
    const { queries } = this.#options
    for (const queryKey of [
      keys.lists,
      keys.counts,
      keys.histories,
      ['conversation'],
      keys.numbers,
      keys.attention,
      keys.labels,
      keys.mentions,
      keys.quickReplies,
      keys.overview,
      keys.agents,
      keys.teams,
      orderKeys.all,
      keys.presence,
      keys.found,
    ]) {
      void queries.invalidateQueries({ queryKey })
    }
    filesMayHaveArrived(queries)
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const timer of this.#later.values()) clearTimeout(timer)
  }

  /** What many facts change at once is asked for anew at most once in this time. */
  #renewLater(queryKey: readonly string[], within: number): void {
    if (this.#later.has(queryKey)) return
    const renew = () => {
      this.#later.delete(queryKey)
      void this.#options.queries.invalidateQueries({ queryKey })
    }
    this.#later.set(queryKey, setTimeout(renew, within))
  }

  async #work(): Promise<void> {
    const { queries, me, onReceived, onGiven } = this.#options
    const { conversations, messages, received, given, sent, counts, troubled } = this.#batch
    this.#batch = emptyBatch()
    this.#timer = undefined
    if (troubled) this.#renewLater(keys.attention, gatherTroubles)
    if (counts) void queries.invalidateQueries({ queryKey: keys.counts })
    await Promise.all([...messages.values()].map((fact) => this.#renewMessage(fact)))
    if (conversations.size > many) {
      void queries.invalidateQueries({ queryKey: keys.lists })
      void queries.invalidateQueries({ queryKey: ['conversation'] })
      return
    }
    await Promise.all(
      [...conversations].map(async (id) => {
        const conversation = await this.#renewConversation(id)
        if (!conversation) return
        if (received.has(id)) onReceived?.(conversation)
        else if (given.has(id) && conversation.assignee?.person_id === me) onGiven?.(conversation)
        if (conversation.last_message) letGoOfDraft(conversation.last_message, sent.get(id))
      }),
    )
  }

  async #renewConversation(id: string): Promise<Conversation | undefined> {
    const { queries, server } = this.#options
    const conversation = await quietly(server.getConversation(id))
    if (!conversation) {
      void queries.invalidateQueries({ queryKey: keys.lists })
      return
    }
    const { me } = this.#options
    putConversation(queries, conversation, me)
    for (const { queryKey } of cachedLists(queries)) {
      onceFetched(queries, queryKey, () => {
        const newer = cachedConversation(queries, id)
        putConversation(queries, newer && newer.last_at > conversation.last_at ? newer : conversation, me)
      })
    }
    return conversation
  }

  async #renewMessage(fact: Fact): Promise<void> {
    const { queries, server } = this.#options
    const { message_id, conversation_id } = fact
    if (!message_id || !conversation_id) return
    const history = keys.history(conversation_id)
    if (!queries.getQueryState(history) && !this.#isLast(fact)) return
    const message = await quietly(server.getMessage(message_id))
    if (!message) return
    putMessage(queries, message)
    onceFetched(queries, history, () => putMessage(queries, message))
  }

  /** Whether the status could be written in without asking. */
  #patchStatus(fact: Fact): boolean {
    const { queries } = this.#options
    const conversation_id = fact.conversation_id ?? ''
    const message_id = fact.message_id ?? ''
    const history = queries.getQueryData<HistoryPages>(keys.history(conversation_id))
    const last = cachedConversation(queries, conversation_id)?.last_message
    const message =
      (history && findMessage(history, message_id)) ?? (last?.message_id === message_id ? last : undefined)
    const patched = message && withStatus(message, fact)
    if (!patched) return false
    putMessage(queries, patched)
    return true
  }

  /** Whether a message came into trouble, or one that is listed as such may have come out of it. */
  #troubling({ kind, detail, message_id }: Fact): boolean {
    if (kind !== 'message.status' && kind !== 'message.canceled') return kind === 'number.changed'
    if (troubles.some((status) => status === detail)) return true
    return this.#options.queries
      .getQueriesData<HistoryPages>({ queryKey: keys.attention })
      .some(([, pages]) => pages && findMessage(pages, message_id ?? ''))
  }

  /** A note is asked for only where its conversation is open, or was. */
  async #noteChanged({ kind, conversation_id, detail }: Fact): Promise<void> {
    const { queries, server } = this.#options
    void queries.invalidateQueries({ queryKey: keys.mentions })
    const history = keys.history(conversation_id ?? '')
    const conversation = cachedConversation(queries, conversation_id ?? '')
    if (!detail || !conversation || !queries.getQueryData(history)) return
    const place = (change: (pages: HistoryPages) => HistoryPages) =>
      queries.setQueryData<HistoryPages>(history, (pages) => (pages ? change(pages) : undefined))
    if (kind === 'note.removed') {
      place((pages) => dropNote(pages, detail))
      return
    }
    const note = await quietly(server.getNote(calls.whom(conversation), detail))
    if (note) place((pages) => placeNote(pages, note))
  }

  #isLast({ conversation_id, message_id }: Fact): boolean {
    return (
      cachedConversation(this.#options.queries, conversation_id ?? '')?.last_message?.message_id ===
      message_id
    )
  }

  #contactChanged({ contact_id }: Fact): void {
    const { queries } = this.#options
    const listed = cachedLists(queries)
      .flatMap(({ pages }) => pages)
      .flatMap((page) => page.data)
      .filter((row) => row.contact.contact_id === contact_id)
    for (const row of listed) {
      this.#batch.conversations.add(row.conversation_id)
    }
  }
}

/** Puts a conversation wherever the pages show it. */
export function putConversation(queries: QueryClient, conversation: Conversation, me: string): void {
  const key = keys.conversation(conversation.conversation_id)
  if (queries.getQueryState(key)) queries.setQueryData(key, conversation)
  for (const { queryKey, tab, narrowing } of cachedLists(queries)) {
    queries.setQueryData<ConversationPages>(queryKey, (pages) =>
      pages ? placeConversation(pages, conversation, tab, me, narrowing) : undefined,
    )
  }
}

/** Puts a message into its history, and into the row whose last words it is. */
export function putMessage(queries: QueryClient, message: Message): void {
  const id = message.conversation_id
  queries.setQueryData<HistoryPages>(keys.history(id), (history) =>
    history ? placeMessage(history, message) : undefined,
  )
  const renew = (row: Conversation): Conversation =>
    row.conversation_id === id && row.last_message?.message_id === message.message_id
      ? { ...row, last_message: message }
      : row
  queries.setQueryData<Conversation | null>(keys.conversation(id), (row) => (row ? renew(row) : row))
  for (const { queryKey } of cachedLists(queries)) {
    queries.setQueryData<ConversationPages>(queryKey, (pages) =>
      pages
        ? { ...pages, pages: pages.pages.map((page) => ({ ...page, data: page.data.map(renew) })) }
        : undefined,
    )
  }
}

/**
 * What was sent on one machine is no draft on another that has the same words. What was taken back from here is one:
 * it came into the field after the message had gone, or the message is canceled.
 */
function letGoOfDraft({ conversation_id: id, status, content }: Message, before: string | undefined): void {
  const words = content.text?.body ?? mediaOf(content)?.caption
  if (!words || before !== words || readDraft(id) !== words || status === 'canceled') return
  writeDraft(id, '')
  writeDraft(quoteOf(id), '')
}

/** New messages move a row; what happens to the message it shows reaches it with that message. */
function touchesConversation(kind: string): boolean {
  return kind.startsWith('conversation.') || kind === 'message.received' || kind === 'message.accepted'
}

/** An answer that was under way before a fact may not know of it yet: what the fact brought goes in again. */
function onceFetched(queries: QueryClient, queryKey: readonly unknown[], then: () => void): void {
  const cache = queries.getQueryCache()
  const query = cache.find({ queryKey })
  if (query?.state.fetchStatus !== 'fetching') return
  const stop = cache.subscribe((event) => {
    if (event.query !== query || query.state.fetchStatus === 'fetching') return
    stop()
    then()
  })
}

/** What cannot be had now will be with the next fact or the next hello. */
async function quietly<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 404)) console.warn(error)
  }
}

function emptyBatch(): Batch {
  return {
    conversations: new Set(),
    messages: new Map(),
    received: new Set(),
    given: new Set(),
    sent: new Map(),
    counts: false,
    troubled: false,
  }
}
