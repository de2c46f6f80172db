import { useLingui } from '@lingui/react/macro'
import { type Role, roles } from '../../api/settings'
import { usePerson } from '../../frame/session'
import { roleNames, roleRights } from '../../signin/roles'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'

interface RoleFieldProps {
  role: Role
  onChange: (role: Role) => void
  error?: string
}

/** A role, and in a sentence what it may do. Only an owner makes owners. */
export function RoleField({ role, onChange, error }: RoleFieldProps) {
  const { t, i18n } = useLingui()
  const mine = usePerson().role
  return (
    <Field label={t`Role`} hint={i18n._(roleRights[role])} error={error}>
      <Select value={role} onChange={(event) => onChange(event.target.value as Role)}>
        {roles
          .filter((each) => each !== 'owner' || mine === 'owner')
          .map((each) => (
            <option key={each} value={each}>
              {i18n._(roleNames[each])}
            </option>
          ))}
      </Select>
    </Field>
  )
}
