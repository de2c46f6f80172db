import type { components } from './schema'
import type { Conversation, Message, Moment, Page, Person, Replace } from './types'

type Schema = components['schemas']

/** Somebody of the house, as others name them. */
export type Who = Schema['Assignee']

/** A word on conversations, for the whole workspace. */
export type Label = Schema['LabelOn']

/** What colleagues tell each other about a conversation. It lies apart from the messages and can never leave. */
export type Note = Replace<Schema['Note'], { author: Who | null; created_at: Moment }>

/** A conversation that is put away for a while; without a time until the customer writes. */
export type Snooze = Schema['Snoozed']

/** Whether greetings and flows answer; a pause ends by itself. */
export type Automation = Replace<Schema['Automated'], { by: Who | null }>

export type TimelineEntry = Replace<
  Schema['TimelineEntry'],
  { at: Moment; message: Message | null; note: Note | null }
>

export interface TimelinePage extends Page<TimelineEntry> {
  previous_cursor: string | null
}

/** Words that are sent often, found by `/`. */
export type QuickReply = Replace<Schema['QuickReply'], { updated_at: Moment }>

/** What a person typed and did not send, as the server keeps it for their other machines. */
export type Draft = Replace<Schema['Draft'], { updated_at: Moment }>

export type Present = Schema['Present']

/** Everybody who is in a conversation now. */
export type Presence = Schema['Room']

export interface AgentLoad {
  person: Who
  role: Person['role']
  /** Whether their account is open. */
  state: 'active' | 'deactivated'
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

/** Somebody of the house, as conversations are handed out. */
export interface Agent {
  person: Who
  role: Person['role']
  /** Takes new conversations. */
  available: boolean
  changed_at: Moment | null
  /** How many at once; null: as many as the team says. */
  capacity: number | null
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** A part of a day, by the clock of the team's time zone. */
export interface Hours {
  day: Weekday
  /** "09:00" */
  from: string
  /** "17:30"; "24:00" is the end of the day. */
  to: string
}

/** How a team hands out what waits in its queue, as somebody writes it. */
export interface RoutingRules {
  mode: 'manual' | 'round_robin' | 'least_busy'
  /** How many conversations each has at once. */
  capacity: number
  /** "Europe/Berlin" */
  time_zone: string
  /** None: open day and night. */
  hours: Hours[]
  /** "2026-12-25" */
  closed_days: string[]
  /** Business numbers whose new conversations go to this team, by their phone_number_id. */
  numbers: string[]
}

export interface TeamRouting extends RoutingRules {
  team_id: string
  team: string
  name: string
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
export type Mention = Replace<Schema['Mention'], { note: Note; conversation: Conversation }>
