/**
 * What the page knows of the sandbox. The names are our own; `wire.ts` makes these out of the control API's JSON
 * (internal/sandbox), so that a change there is a change in one file here.
 */

/** How far a message has come. `accepted` is the sandbox's own: answered with 200, no status went out yet. */
export type Status = 'accepted' | 'sent' | 'delivered' | 'read' | 'played' | 'failed'

export interface Media {
  /** Where the sandbox serves the bytes; null while a link is not fetched yet. */
  url: string | null
  caption: string
  filename: string
  mimeType: string
  voice: boolean
}

export interface Place {
  latitude: number
  longitude: number
  name: string
  address: string
}

export interface Card {
  name: string
  phones: string[]
  emails: string[]
  organisation: string
}

export interface Row {
  id: string
  title: string
  description: string
}

export interface Section {
  title: string
  rows: Row[]
}

/** What a button does when the customer taps it. */
export type Button =
  | { does: 'reply'; id: string; title: string }
  | { does: 'quick'; text: string; payload: string }
  | { does: 'open'; text: string; url: string }
  | { does: 'call'; text: string; phone: string }
  | { does: 'copy'; text: string; code: string }
  | { does: 'list'; text: string; sections: Section[] }
  | { does: 'flow'; text: string; name: string }
  | { does: 'place'; text: string }
  | { does: 'contact'; text: string }
  | { does: 'permit'; text: string }
  | { does: 'nothing'; text: string }

export type Header =
  | { kind: 'text'; text: string }
  | { kind: MediaKind; media: Media }
  | { kind: 'place'; place: Place }

/** A template or an interactive message as the customer sees it. */
export interface Letter {
  header: Header | null
  body: string
  footer: string
  buttons: Button[]
  cards: Letter[]
  /** Products and orders, which the phone names but does not sell. */
  products: string[]
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker'

export type Content =
  | { kind: 'text'; text: string }
  | { kind: MediaKind; media: Media }
  | { kind: 'place'; place: Place }
  | { kind: 'contacts'; cards: Card[] }
  | { kind: 'letter'; letter: Letter; template: string }
  /** A tap of the customer: what was chosen. */
  | { kind: 'choice'; id: string; title: string; description: string }
  | { kind: 'reaction'; target: string; emoji: string }
  | { kind: 'unknown'; type: string }

export interface Problem {
  code: number
  title: string
  details: string
}

export interface Message {
  id: string
  /** The customer wrote it. */
  mine: boolean
  /** Phone number id of the business. */
  number: string
  content: Content
  /** The message it answers. */
  context: string
  at: Date
  status: Status
  problems: Problem[]
  reactions: { mine: string; theirs: string }
}

export interface Customer {
  /** Digits only. */
  phone: string
  bsuid: string
  name: string
  username: string
  offline: boolean
  blocked: boolean
  usernameOnly: boolean
  optedOut: boolean
  notOnWhatsApp: boolean
  readsAtOnce: boolean
  /** When the newest message of either side was written; null before the first. */
  lastAt: Date | null
}

export interface BusinessNumber {
  id: string
  name: string
  display: string
  /** Where its webhooks go; empty when nobody listens. */
  callback: string
}

export const faultKinds = [
  'double_webhook',
  'refuse',
  'fail_message',
  'lose_answer',
  'drop_webhook',
  'delay',
  'reorder_webhook',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  id: string
  kind: string
  code: number
  /** Share of what matches; 0 is everything. */
  ratio: number
  /** How often at most; 0 is for ever. */
  count: number
  delayMs: number
  /** What a program narrowed it to, as words; empty for faults made here. */
  match: string
  struck: number
}

/** A template as Meta keeps it, with what the review desk decides about. */
export interface Template {
  id: string
  account: string
  name: string
  language: string
  category: string
  previousCategory: string
  status: string
  quality: string
  rejectedReason: string
  header: string
  body: string
  footer: string
  buttons: string[]
  /** What stands in the cards of a carousel. */
  cards: number
}

export interface LogLine {
  seq: number
  at: Date
  direction: 'in' | 'out'
  kind: string
  method: string
  path: string
  edge: string
  summary: string
  updates: string[]
  wamid: string
  /** HTTP status; 0 when there was no answer. */
  status: number
  durationMs: number
  request: unknown
  response: unknown
  problem: Problem | null
  attempt: number
  fault: string
  note: string
}

const ranks: Record<Status, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, played: 4, failed: 5 }

/** Statuses only climb. */
export function climbs(from: Status, to: Status): boolean {
  return ranks[to] > ranks[from]
}

/** Whether the phone has it on its screen: what the customer wrote, and what was delivered to them. */
export function onScreen(message: Message): boolean {
  return message.mine || (ranks[message.status] >= ranks.delivered && message.status !== 'failed')
}

/** Sent by Meta, not yet on the phone, because the phone cannot be reached. */
export function isWaiting(message: Message): boolean {
  return !message.mine && message.status === 'sent' && message.content.kind !== 'reaction'
}
