import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { makeKey, type NewKey, type Role, roles } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { TextInput } from '../../ui/TextInput'
import { roleNames, roleRights } from '../roles'
import { SecretOnce } from '../SecretOnce'

/** Asks what the key is for, then shows it, once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const person = usePerson()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [made, setMade] = useState<NewKey | null>(null)
  // Only an owner makes owners.
  const offered = roles.filter((each) => each !== 'owner' || person.role === 'owner')

  async function make(event: FormEvent) {
    event.preventDefault()
    if (!name.trim()) return
    setBusy(true)
    setFailure('')
    try {
      setMade(await makeKey(name.trim(), role))
      void queries.invalidateQueries({ queryKey: ['keys'] })
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(false)
  }

  if (made) {
    return (
      <Dialog
        open
        keepOpen
        onOpenChange={onClose}
        title={t`The key for ${made.name}`}
        footer={<Button variant="ink" onClick={onClose}>{t`Done`}</Button>}
      >
        <SecretOnce label={t`Key`} secret={made.key} />
        <p className="mt-3 text-second text-text2">
          {t`Your program sends it with each request:`}{' '}
          <code className="font-mono text-meta [overflow-wrap:anywhere]">
            Authorization: Bearer …{made.hint}
          </code>
        </p>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      keepOpen={name !== ''}
      onOpenChange={onClose}
      title={t`What is the key for?`}
      description={t`One key for each program, so that one can be revoked without stopping the others.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            type="submit"
            form="new-key"
            busy={busy}
            disabledReason={name.trim() ? undefined : t`A name is needed.`}
          >
            {t`Make key`}
          </Button>
        </>
      }
    >
      <form id="new-key" onSubmit={make} className="flex flex-col gap-3">
        <Field label={t`Name`} error={failure || undefined}>
          <TextInput
            autoFocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label={t`Role`} hint={i18n._(roleRights[role])}>
          <Select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {offered.map((each) => (
              <option key={each} value={each}>
                {i18n._(roleNames[each])}
              </option>
            ))}
          </Select>
        </Field>
      </form>
    </Dialog>
  )
}
