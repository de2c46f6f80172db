import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Role } from '../api/settings'

export const roleNames: Readonly<Record<Role, MessageDescriptor>> = {
  owner: msg`Owner`,
  admin: msg`Administrator`,
  supervisor: msg`Supervisor`,
  agent: msg`Agent`,
  technician: msg`Technician`,
  marketer: msg`Marketer`,
  auditor: msg`Auditor`,
}

/** What somebody of that role, or a key that has it, may do. */
export const roleRights: Readonly<Record<Role, MessageDescriptor>> = {
  owner: msg`Everything`,
  admin: msg`Everything, but not make or change owners`,
  supervisor: msg`Read, send, hand conversations to others`,
  agent: msg`Read, send, take conversations`,
  technician: msg`Read, send, take conversations`,
  marketer: msg`Read and send`,
  auditor: msg`Read only`,
}

/** What a role may do, as the server holds it; only to offer nobody what would be refused. */
const everything = [
  'read',
  'send',
  'assign',
  'manage_workspace',
  'manage_people',
  'manage_keys',
  'manage_numbers',
  'manage_subscriptions',
  'see_quarantine',
]
export const rightsOf: Readonly<Record<Role, readonly string[]>> = {
  owner: everything,
  admin: everything,
  supervisor: ['read', 'send', 'assign'],
  agent: ['read', 'send', 'assign'],
  technician: ['read', 'send', 'assign'],
  marketer: ['read', 'send'],
  auditor: ['read'],
}

export const rightNames: Readonly<Record<string, MessageDescriptor>> = {
  read: msg`Read conversations, files and people`,
  send: msg`Send messages and files`,
  assign: msg`Take, hand over and close conversations`,
  manage_workspace: msg`Change name, greeting and hours of the house`,
  manage_people: msg`Invite and change people and teams`,
  manage_keys: msg`Make and revoke API keys`,
  manage_numbers: msg`Change business numbers and templates`,
  manage_subscriptions: msg`Change webhooks`,
  see_quarantine: msg`See what came for unknown numbers`,
}
