import type { Content } from './content'
import type { Automation, Label, Snooze } from './desk'
import type { components } from './schema'

/**
 * The shapes of the native API, from the OpenAPI document of the server (`npm run api` fetches it anew). Where
 * that document cannot say something, such as that an object may be null, it is said here.
 */
type Schema = components['schemas']
export type Replace<Type, Change> = Omit<Type, keyof Change> & Change

/** A moment as the server writes it: RFC 3339 in UTC with milliseconds. */
export type Moment = string

/** Ids rise with time: messages in the order of their ids are in the order of their arrival. */
export type Message = Replace<
  Schema['Message'],
  {
    content: Content
    author: Author | null
    at: Moment
    stored_at: Moment
    waiting: Waiting | null
    pricing: unknown
  }
>
/** Why a message has not come further. */
export type Waiting = Schema['Waiting']
export type Status = Message['status']
export type Author = Schema['Author']

/** The correspondence of one business number with one person; there is one for each pair, for ever. */
export type Conversation = Replace<
  Schema['Conversation'],
  {
    assignee: Schema['Assignee'] | null
    /** Whose queue it is in, or was; null: that of no team. */
    team_id: string | null
    last_message: Message | null
    last_at: Moment
    created_at: Moment
    labels: Label[]
    snooze: Snooze | null
    automation: Automation
  }
>
export type Contact = Schema['Contact']

/** What somebody should look at. */
export const troubles = ['held', 'uncertain', 'failed'] as const
export type Trouble = (typeof troubles)[number]

export const tabs = ['mine', 'unassigned', 'all', 'later', 'closed'] as const
export type Tab = (typeof tabs)[number]
export type Counts = Replace<Schema['Counts'], { later: number }>

/** What a list of conversations is narrowed by; a team may be "none". */
export interface Narrowing {
  label?: string
  team?: string
  number?: string
  assignee?: string
  unread?: true
}

export interface Page<Row> {
  data: Row[]
  next_cursor: string | null
}

export interface ConversationPage extends Page<Conversation> {
  counts: Counts
}

export type Person = Pick<Schema['MyPerson'], 'person_id' | 'name' | 'role'>

/** The person is null for an API key; its locale is empty until one was chosen. */
export type Me = Replace<Schema['Me'], { person: Schema['MyPerson'] | null; key: unknown }>

export type BusinessNumber = Schema['NumberShape']
export type TemplateDefinition = Schema['TemplateShape']
export type DefinitionComponent = Schema['WaDefinitionComponent']
export type TemplateVariable = Schema['VariableShape']
export type Stored = Schema['Uploaded']
export type Accepted = Schema['Accepted']

/** One line of the live stream: something happened to these. Ids that do not apply are null. */
export type Fact = Replace<Schema['Fact'], { at: Moment; kind: Schema['Fact']['kind'] | DeskFact }>

type DeskFact =
  | 'conversation.snoozed'
  | 'conversation.woken'
  | 'conversation.unread'
  | 'conversation.labeled'
  | 'conversation.automation'
  | 'conversation.transferred'
  | 'note.added'
  | 'note.changed'
  | 'note.removed'
  | 'label.changed'
  | 'team.routing'
  | 'agent.changed'
  | 'quickreply.changed'

/** What the search answers: see GET /search. */
export type FoundPart = Schema['SearchPart']
export type FoundMessage = Replace<Schema['SearchHit'], { message: Message; excerpt: FoundPart[] }>
export type FoundPerson = Replace<Schema['SearchPerson'], { name: FoundPart[]; phone: FoundPart[] }>
export interface FoundPage extends Page<FoundMessage> {
  people: FoundPerson[]
  indexing: { until: Moment | null; past: boolean }
}
