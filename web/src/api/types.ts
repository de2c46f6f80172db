import type { Content, Problem } from './content'

/** A moment as the server writes it: RFC 3339 in UTC with milliseconds. */
export type Moment = string

export type Status =
  | 'received'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'played'
  | 'failed'
  | 'uncertain'
  | 'held'
  | 'expired'
  | 'canceled'

export interface Message {
  /** Rises with time: messages in the order of their ids are in the order of their arrival. */
  message_id: string
  wamid: string | null
  direction: 'inbound' | 'outbound'
  phone: string | null
  contact_id: string
  conversation_id: string
  phone_number_id: string
  type: string
  status: Status
  content: Content
  /** A short plain preview in English; the pages make their own in the reader's language. */
  text: string
  author: Author | null
  at: Moment
  stored_at: Moment
  sent_at: Moment | null
  delivered_at: Moment | null
  read_at: Moment | null
  played_at: Moment | null
  failed_at: Moment | null
  edited_at: Moment | null
  revoked_at: Moment | null
  errors: Problem[]
}

export interface Author {
  kind: 'person' | 'api' | 'greeting'
  id: string | null
  name: string | null
}

export type ConversationState = 'waiting' | 'assigned' | 'closed'

/** The correspondence of one business number with one person; there is one for each pair, for ever. */
export interface Conversation {
  conversation_id: string
  contact: Contact
  phone_number_id: string
  number_name: string
  state: ConversationState
  assignee: { person_id: string; name: string } | null
  team: string | null
  unread: number
  /** Until then free text may be sent; null when the customer never wrote. */
  window_until: Moment | null
  session_until: Moment | null
  last_message: Message | null
  last_at: Moment
  waiting_since: Moment | null
  closed_at: Moment | null
  created_at: Moment
}

export interface Contact {
  contact_id: string
  name: string
  profile_name: string | null
  phone: string | null
  bsuid: string | null
  username: string | null
  language: string | null
}

export const tabs = ['mine', 'unassigned', 'all', 'closed'] as const
export type Tab = (typeof tabs)[number]

export type Counts = Record<Tab | 'unread', number>

export interface Page<Row> {
  data: Row[]
  next_cursor: string | null
}

export interface ConversationPage extends Page<Conversation> {
  counts: Counts
}

export interface Person {
  person_id: string
  name: string
  role: string
}

export interface Me {
  /** Null for an API key. Its locale is empty until the person has chosen one. */
  person: (Person & { locale: string }) | null
  workspace: { workspace_id: string; slug: string; name: string }
  /** What the role may do: read, send, assign, … */
  rights: string[]
}

export interface BusinessNumber {
  number_id: string
  phone_number_id: string
  waba_id: string
  display_phone: string
  verified_name: string
  state: 'active' | 'stopped'
  state_reason: string
  paused_until: Moment | null
}

export interface TemplateDefinition {
  template_id: string
  name: string
  language: string
  category: string
  status: string
  quality: string
  waba_id: string
  components: DefinitionComponent[]
  parameter_format: string
  variables: TemplateVariable[]
}

export interface DefinitionComponent {
  /** HEADER, BODY, FOOTER, BUTTONS, or one that this page does not fill in. */
  type: string
  /** Of a header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, … */
  format?: string
  text?: string
  buttons?: { type: string; text?: string; url?: string; phone_number?: string }[]
}

/** A place in a template that wants a value. */
export interface TemplateVariable {
  component: string
  /** Of a button: which one, from 0. Of a text: its place among the texts of its part. */
  index: number
  /** Where the template names its variables. */
  name: string | null
  kind: string
  example: string
  /** Which card of a carousel, from 0; null outside of one. */
  card: number | null
  /** Whether it must be given: a quick reply's payload has a default. */
  required: boolean
}

export interface Stored {
  media_id: string
  mime_type: string
  size: number
  filename: string
}

export interface Accepted {
  message_id: string
  status: 'accepted'
  conversation_id: string
  contact_id: string
}

/** One line of the live stream: something happened to these. Ids that do not apply are empty or missing. */
export interface Fact {
  kind: string
  conversation_id?: string
  message_id?: string
  contact_id?: string
  number_id?: string
  actor_id?: string
  detail?: string
  at: Moment
}
