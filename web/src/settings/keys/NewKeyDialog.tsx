import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { makeKey, type NewKey, type Role } from '../../api/settings'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { usePerson } from '../../frame/session'
import { useChecks } from '../../signin/checks'
import { rightsOf } from '../../signin/roles'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { TextInput } from '../../ui/TextInput'
import { RoleField } from '../people/RoleField'
import { SecretOnce } from '../SecretOnce'
import { expiryOf, firstDay, type Term, terms } from './expiry'
import { RightsChoice } from './RightsChoice'

/** Asks what the key is for, what it may do and how long, then shows it, once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const mine = usePerson().rights
  const [rights, setRights] = useState<readonly string[] | null>(null)
  const [made, setMade] = useState<NewKey | null>(null)
  const termWords: Readonly<Record<Term, string>> = {
    30: t`30 days`,
    90: t`90 days`,
    365: t`One year`,
    day: t`Until a day`,
    '': t`Until it is revoked`,
  }
  const form = useForm({
    start: { name: '', role: 'agent', term: '365', day: '', rights: '' },
    check: {
      name: checks.name,
      day: (value, values) =>
        values.term === 'day' && !value ? t`Choose a day that is still to come.` : undefined,
      rights: () => (rights?.length === 0 ? t`Choose at least one.` : undefined),
    },
    at: { invalid_key: 'name' },
    send: async ({ name, role, term, day }) => {
      setMade(
        await makeKey({
          name: name.trim(),
          role: role as Role,
          rights: rights ?? undefined,
          expires_at: expiryOf(term as Term, day, new Date()),
        }),
      )
      void queries.invalidateQueries({ queryKey: ['keys'] })
    },
  })
  const role = form.values.role as Role
  const offered = rightsOf[role].filter((right) => mine.includes(right))

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
      keepOpen={form.values.name !== ''}
      onOpenChange={onClose}
      title={t`What is the key for?`}
      description={t`One key for each program, so that one can be revoked without stopping the others.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="new-key" busy={form.busy} disabledReason={form.waiting}>
            {t`Make key`}
          </Button>
        </>
      }
    >
      <form id="new-key" {...form.props} className="flex flex-col gap-3.5">
        <Field label={t`Name`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoFocus autoComplete="off" />
        </Field>
        <RoleField
          role={role}
          onChange={(next) => {
            form.set('role', next)
            setRights(null)
          }}
        />
        <RightsChoice offered={offered} chosen={rights} onChange={setRights} error={form.problem('rights')} />
        <Field label={t`Holds`} hint={t`Afterwards the key opens nothing; the list warns two weeks before.`}>
          <Select {...form.field('term')}>
            {terms.map((each) => (
              <option key={each} value={each}>
                {termWords[each]}
              </option>
            ))}
          </Select>
        </Field>
        {form.values.term === 'day' ? (
          <Field label={t`Last day`} error={form.problem('day')}>
            <TextInput {...form.field('day')} type="date" min={firstDay(new Date())} />
          </Field>
        ) : null}
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
