import { ask } from './client'
import type { components } from './schema'
import type { Page } from './types'

/** What the settings ask the server for; the pages of the inbox never load this. */
type Schema = components['schemas']

export type Key = Schema['KeyShape']
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
export const makeKey = (name: string, role: Role) =>
  ask<NewKey>('keys', { method: 'POST', body: { name, role } })
export const revokeKey = (id: string) => ask<void>(`keys/${encodeURIComponent(id)}`, { method: 'DELETE' })
