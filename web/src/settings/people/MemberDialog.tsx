import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeMember, type Member, type MemberChange, type Team } from '../../api/accounts'
import type { Role } from '../../api/settings'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { toast } from '../../ui/Toast'
import { teamsKey } from './queries'
import { RoleField } from './RoleField'
import { TeamChoice } from './TeamChoice'

interface MemberDialogProps {
  member: Member
  teams: readonly Team[]
  onClose: () => void
}

/** What somebody is called, what they may do, and to which teams they belong. */
export function MemberDialog({ member, teams, onClose }: MemberDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const [chosen, setChosen] = useState<readonly string[]>(member.teams)
  const form = useForm({
    start: { name: member.name, email: member.email ?? '', role: member.role as string },
    check: {
      name: checks.name,
      // Whoever has none may stay without, as those do who come by links only.
      email: (value) => (member.email || value.trim() ? checks.email(value) : undefined),
    },
    at: { email_taken: 'email', last_owner: 'role', owner_only: 'role' },
    send: async (values) => {
      const change: MemberChange = {}
      if (values.name.trim() !== member.name) change.name = values.name.trim()
      if (values.email.trim() !== (member.email ?? '')) change.email = values.email.trim()
      if (values.role !== member.role) change.role = values.role as Role
      if (chosen.toSorted().join() !== member.teams.toSorted().join()) change.teams = chosen
      if (Object.keys(change).length > 0) {
        await changeMember(member.person_id, change)
        await Promise.all(
          [['people'], teamsKey, ['me'], ['my-account']].map((queryKey) =>
            queries.invalidateQueries({ queryKey }),
          ),
        )
        toast({ text: t`Saved: ${values.name.trim()}` })
      }
      onClose()
    },
  })
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`What does ${member.name} do here?`}
      description={t`It counts from the next thing they do, also where they are signed in.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="member" busy={form.busy} disabledReason={form.waiting}>
            {t`Save changes`}
          </Button>
        </>
      }
    >
      <form id="member" {...form.props} className="flex flex-col gap-3.5">
        <RoleField
          role={form.values.role as Role}
          onChange={(role) => form.set('role', role)}
          error={form.problem('role')}
        />
        <TeamChoice teams={teams} chosen={chosen} onChange={setChosen} />
        <Field label={t`Name`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoComplete="off" />
        </Field>
        <Field label={t`E-mail`} error={form.problem('email')}>
          <TextInput
            {...form.field('email')}
            type="email"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Field>
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
