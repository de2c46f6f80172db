import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

export type Group = 'anywhere' | 'list' | 'conversation' | 'writing'

export const groups: Readonly<Record<Group, MessageDescriptor>> = {
  anywhere: msg`Anywhere`,
  list: msg`Between conversations`,
  conversation: msg`In a conversation`,
  writing: msg`While writing`,
}

export interface Command {
  label: MessageDescriptor
  group: Group
  /**
   * The keys that do it, the shown one first: "J", "Alt+J", "Ctrl+Alt+E", "Mod+K" (Ctrl, on a Mac ⌘), "G I" one after
   * the other. Those with Alt, Ctrl or Mod also act while somebody types.
   */
  keys: readonly string[]
}

/** Everything that has a key, and what else the palette offers. The sheet, the palette and the keys read this. */
export const commands = {
  palette: { label: msg`Find anything`, group: 'anywhere', keys: ['Mod+K'] },
  search: { label: msg`Search messages and people`, group: 'anywhere', keys: ['Mod+Shift+F'] },
  keys: { label: msg`Show all keys`, group: 'anywhere', keys: ['?'] },
  goInbox: { label: msg`Go to the inbox`, group: 'anywhere', keys: ['G I'] },
  goAttention: { label: msg`Go to what needs attention`, group: 'anywhere', keys: ['G W'] },
  goOrders: { label: msg`Go to the orders`, group: 'anywhere', keys: ['G O'] },
  goMentions: { label: msg`Go to your mentions`, group: 'anywhere', keys: ['G M'] },
  goTeam: { label: msg`Go to the team`, group: 'anywhere', keys: ['G E'] },
  goSettings: { label: msg`Go to the settings`, group: 'anywhere', keys: ['G S'] },
  next: { label: msg`Next conversation`, group: 'list', keys: ['J', 'Alt+J'] },
  previous: { label: msg`Previous conversation`, group: 'list', keys: ['K', 'Alt+K'] },
  filter: { label: msg`Filter the list`, group: 'list', keys: ['F'] },
  select: { label: msg`Select, or no longer`, group: 'list', keys: ['X'] },
  claim: { label: msg`Claim or release`, group: 'conversation', keys: ['C'] },
  assign: { label: msg`Assign to somebody`, group: 'conversation', keys: ['A'] },
  resolve: { label: msg`Resolve`, group: 'conversation', keys: ['E', 'Alt+E'] },
  resolveNext: {
    label: msg`Resolve and open the next`,
    group: 'conversation',
    keys: ['Shift+E', 'Ctrl+Alt+E'],
  },
  snooze: { label: msg`Put away for later`, group: 'conversation', keys: ['S', 'Alt+M'] },
  labels: { label: msg`Labels`, group: 'conversation', keys: ['L'] },
  unread: { label: msg`Mark unread`, group: 'conversation', keys: ['U'] },
  date: { label: msg`Go to a day`, group: 'conversation', keys: ['D'] },
  nextHit: { label: msg`Older place found`, group: 'conversation', keys: ['H', 'Alt+H'] },
  previousHit: { label: msg`Newer place found`, group: 'conversation', keys: ['Shift+H', 'Alt+Shift+H'] },
  person: { label: msg`About this person`, group: 'conversation', keys: ['O'] },
  back: { label: msg`Close, or back; a draft is never lost`, group: 'conversation', keys: ['Escape'] },
  reply: { label: msg`Write an answer`, group: 'writing', keys: ['R', 'Alt+L'] },
  note: { label: msg`Write a note`, group: 'writing', keys: ['N', 'Alt+P'] },
  templates: { label: msg`Templates`, group: 'writing', keys: ['T'] },
  attach: { label: msg`Attach files`, group: 'writing', keys: ['Ctrl+Alt+A'] },
  record: { label: msg`Record a voice message`, group: 'writing', keys: [] },
  undo: { label: msg`Take back what has not left`, group: 'writing', keys: ['Z'] },
} as const satisfies Record<string, Command>

export type CommandId = keyof typeof commands

/** Keys that a part of the page knows by itself, for the sheet. */
export const ownKeys: readonly Command[] = [
  { label: msg`Quick replies, in the field`, group: 'writing', keys: ['/'] },
  { label: msg`Name a colleague, in a note`, group: 'writing', keys: ['@'] },
  { label: msg`An emoji by its name`, group: 'writing', keys: [':'] },
  { label: msg`To the next blank of a quick reply`, group: 'writing', keys: ['Tab'] },
  { label: msg`From message to message`, group: 'conversation', keys: ['↑ ↓'] },
  { label: msg`Your last words once more, in an empty field`, group: 'writing', keys: ['↑'] },
]
