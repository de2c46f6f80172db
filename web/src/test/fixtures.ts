import type { Content } from '../api/content'
import type { Conversation, Message } from '../api/types'
import type { Assignment } from '../inbox/thread/useAssignment'

let count = 0

/** Ids of tests rise as real ones do. */
export function id(prefix: string): string {
  count += 1
  return `${prefix}_${String(count).padStart(13, '0')}`
}

export function aMessage(change: Partial<Message> = {}): Message {
  const content: Content = change.content ?? { type: 'text', text: { body: 'Guten Morgen' } }
  const at = '2026-11-20T09:04:00.000Z'
  const direction = change.direction ?? 'inbound'
  return {
    message_id: id('msg'),
    wamid: id('wamid'),
    direction,
    phone: '4915228817386',
    contact_id: 'con_katrin',
    conversation_id: 'cnv_katrin',
    phone_number_id: '111',
    type: content.type,
    status: direction === 'inbound' ? 'received' : 'delivered',
    text: '',
    author: direction === 'inbound' ? null : { kind: 'person', id: 'per_ana', name: 'Ana Ribeiro' },
    at,
    stored_at: at,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    played_at: null,
    failed_at: null,
    edited_at: null,
    revoked_at: null,
    errors: [],
    waiting: null,
    pricing: null,
    biz_opaque_callback_data: null,
    ...change,
    content,
  }
}

export function aConversation(change: Partial<Conversation> = {}): Conversation {
  return {
    conversation_id: 'cnv_katrin',
    contact: {
      contact_id: 'con_katrin',
      name: 'Katrin Petersen',
      profile_name: 'Katrin',
      phone: '4915228817386',
      bsuid: null,
      username: 'katrin.p',
      language: 'de',
    },
    phone_number_id: '111',
    number_name: 'Lübeck',
    state: 'assigned',
    assignee: { person_id: 'per_ana', name: 'Ana Ribeiro' },
    team: null,
    team_id: null,
    unread: 0,
    window_until: '2099-01-01T00:00:00.000Z',
    session_until: null,
    last_message: null,
    last_at: '2026-11-20T09:04:00.000Z',
    waiting_since: null,
    closed_at: null,
    created_at: '2026-11-01T09:00:00.000Z',
    labels: [],
    snooze: null,
    automation: { state: 'auto', until: null, by: null },
    ...change,
  }
}

/** Who has a conversation, and acts that do nothing. */
export function anAssignment(change: Partial<Assignment> = {}): Assignment {
  const nothing = () => undefined
  return {
    mine: false,
    other: null,
    claim: nothing,
    toggle: nothing,
    takeOver: nothing,
    release: nothing,
    resolve: async () => true,
    ...change,
  }
}
