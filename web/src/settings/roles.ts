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
  admin: msg`Everything, but not make owners`,
  supervisor: msg`Read, send, hand conversations to others`,
  agent: msg`Read, send, take conversations`,
  technician: msg`Read, send, take conversations`,
  marketer: msg`Read and send`,
  auditor: msg`Read only`,
}
