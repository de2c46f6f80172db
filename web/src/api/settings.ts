import { ask } from './client'
import type { components } from './schema'
import type { Moment, Page } from './types'

/** What the settings ask the server for; the pages of the inbox never load this. */
type Schema = components['schemas']

/** `expires_at` is null for a key that holds until it is revoked. */
export type Key = Schema['KeyShape'] & {
  rights: string[]
  expires_at: Moment | null
  last_used_at: Moment | null
}
/** With the secret, which is told this once. */
export type NewKey = Schema['NewKey']
export type Role = Key['role']

export const roles: readonly Role[] = [
  'agent',
  'technician',
  'marketer',
  'supervisor',
  'admin',
  'owner',
  'auditor',
]

export const getKeys = () => ask<Page<Key>>('keys').then((page) => page.data)
/** Without `rights`: all of the role. Without `expires_at`: until it is revoked. */
export interface KeyDraft {
  name: string
  role: Role
  rights?: readonly string[]
  expires_at?: Moment
}

export const makeKey = (draft: KeyDraft) => ask<NewKey>('keys', { method: 'POST', body: draft })
export const revokeKey = (id: string) => ask<void>(`keys/${encodeURIComponent(id)}`, { method: 'DELETE' })

export type Usage = Schema['Usage']

export const getUsage = (phone_number_id: string) => ask<Usage>('usage', { query: { phone_number_id } })

/** Somebody who is told of what happens, by outgoing webhooks. */
export type Subscription = Schema['Subscription']
/** With its secret, which is told this once. */
export type NewSubscription = Schema['NewSubscription']
export type Dialect = 'kontor' | 'cloud-api'
export type Delivery = Schema['DeliveryShape']
export type DeliveryState = Delivery['state']
/** With what was sent and answered. */
export type WholeDelivery = Omit<Schema['DeliveryWhole'], 'body'> & { body: unknown }

export interface SubscriptionDraft {
  name?: string
  url: string
  dialect: Dialect
  secret?: string
  verify_token?: string
  events?: string[]
  phone_number_id?: string
}

export interface SubscriptionChange {
  name?: string
  url?: string
  events?: string[]
  state?: 'active' | 'paused'
}

const at = (id: string, rest = '') => `subscriptions/${encodeURIComponent(id)}${rest}`

export const getSubscriptions = () =>
  ask<Page<Subscription>>('subscriptions', { query: { limit: 100 } }).then((page) => page.data)
export const getSubscription = (id: string) => ask<Subscription>(at(id))
export const subscribe = (draft: SubscriptionDraft) =>
  ask<NewSubscription>('subscriptions', { method: 'POST', body: draft })
export const changeSubscription = (id: string, change: SubscriptionChange) =>
  ask<Subscription>(at(id), { method: 'PATCH', body: change })
export const unsubscribe = (id: string) => ask<void>(at(id), { method: 'DELETE' })
export const enableSubscription = (id: string) => ask<Subscription>(at(id, '/enable'), { method: 'POST' })
/** Sends one event at once; a refusal by the address is no error of this call. */
export const testSubscription = (id: string) => ask<WholeDelivery>(at(id, '/test'), { method: 'POST' })
export const rotateSecret = (id: string, overlap_hours: number) =>
  ask<NewSubscription>(at(id, '/secret'), { method: 'POST', body: { overlap_hours } })

export const getDeliveries = (id: string, state: DeliveryState | '', event: string, cursor?: string) =>
  ask<Page<Delivery>>(at(id, '/deliveries'), { query: { state, event, cursor, limit: 50 } })
export const getDelivery = (id: string, delivery: string) =>
  ask<WholeDelivery>(at(id, `/deliveries/${encodeURIComponent(delivery)}`))
export const redeliver = (id: string, delivery: string) =>
  ask<Delivery>(at(id, `/deliveries/${encodeURIComponent(delivery)}/redeliver`), { method: 'POST' })
/** Everything since then that was given up; how many. */
export const redeliverSince = (id: string, since: string) =>
  ask<{ redelivered: number }>(at(id, '/redeliver'), { method: 'POST', body: { since } }).then(
    (answer) => answer.redelivered,
  )
