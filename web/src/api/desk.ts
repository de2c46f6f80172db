import type { Conversation, Message, Moment, Page, Person } from './types'

/** Somebody of the house, as others name them. */
export interface Who {
  person_id: string
  name: string
}

/** A word on conversations, for the whole workspace. */
export interface Label {
  label_id: string
  name: string
  /** "#7c3aed" */
  colour: string
}

/** What colleagues tell each other about a conversation. It lies apart from the messages and can never leave. */
export interface Note {
  note_id: string
  conversation_id: string
  author: Who | null
  text: string
  mentions: Who[]
  created_at: Moment
  edited_at: Moment | null
}

/** A conversation that is put away for a while; without a time until the customer writes. */
export interface Snooze {
  until: Moment | null
  until_reply: boolean
}

/** Whether greetings and flows answer; a pause ends by itself. */
export interface Automation {
  state: 'auto' | 'paused' | 'off'
  until: Moment | null
  by: Who | null
}

export interface TimelineEntry {
  kind: 'message' | 'note'
  id: string
  at: Moment
  message: Message | null
  note: Note | null
}

export interface TimelinePage extends Page<TimelineEntry> {
  previous_cursor: string | null
}

/** Words that are sent often, found by `/`. */
export interface QuickReply {
  quick_reply_id: string
  scope: 'workspace' | 'team' | 'person'
  team: string | null
  team_id: string | null
  shortcut: string
  text: string
  /** With the placeholders of a conversation filled; null when none was named. */
  filled: string | null
  /** What has to be filled in by hand; it stands as {{name}} in `filled`. */
  blanks: string[]
  updated_at: Moment
}

/** What a person typed and did not send, as the server keeps it for their other machines. */
export interface Draft {
  conversation_id: string
  mode: 'reply' | 'note'
  text: string
  reply_to: string | null
  updated_at: Moment
}

export interface Present {
  person_id: string
  name: string
  state: 'viewing' | 'typing'
}

/** Everybody who is in a conversation now. */
export interface Presence {
  conversation_id: string
  people: Present[]
}

export interface AgentLoad {
  person: Who
  role: Person['role']
  available: boolean
  changed_at: Moment | null
  open: number
  snoozed: number
  unread: number
  capacity: number | null
  teams: string[]
}

export interface TeamLoad {
  team_id: string | null
  team: string | null
  name: string | null
  waiting: number
  longest_waiting_since: Moment | null
  assigned: number
  members: number
  available: number
  open_now: boolean
}

/** How a team hands out what waits in its queue. */
export interface TeamRouting {
  team_id: string
  team: string
  name: string
  mode: 'manual' | 'round_robin' | 'least_busy'
  open_now: boolean
  opens_at: Moment | null
}

/** The queue as somebody sees it who leads others. */
export interface Overview {
  waiting: number
  longest_waiting_since: Moment | null
  assigned: number
  snoozed: number
  teams: TeamLoad[]
  agents: AgentLoad[]
}

/** A note that names whoever asks. */
export interface Mention {
  note: Note
  conversation: Conversation
  seen_at: Moment | null
}
