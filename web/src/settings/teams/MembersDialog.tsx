import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { setTeamMembers, type Team } from '../../api/accounts'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { Button } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { Dialog } from '../../ui/Dialog'
import { teamsKey, useMembers } from '../people/queries'

/** Who belongs to a team. */
export function MembersDialog({ team, onClose }: { team: Team; onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<readonly string[]>(team.members)
  // Whoever's account is closed is shown only as far as they belong to it.
  const people = (useMembers().data ?? []).filter(
    ({ state, person_id }) => state === 'active' || team.members.includes(person_id),
  )
  const form = useForm({
    start: {},
    send: async () => {
      await setTeamMembers(team.team_id, chosen)
      await Promise.all([teamsKey, ['people']].map((queryKey) => queries.invalidateQueries({ queryKey })))
      onClose()
    },
  })
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`Who belongs to ${team.name}?`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="members" busy={form.busy} disabledReason={form.waiting}>
            {t`Save the people`}
          </Button>
        </>
      }
    >
      <form id="members" {...form.props} className="flex flex-col gap-1.5">
        {people.map(({ person_id, name, state }) => (
          <Checkbox
            key={person_id}
            label={name}
            hint={state === 'active' ? undefined : t`closed`}
            checked={chosen.includes(person_id)}
            onChange={(on) =>
              setChosen(on ? [...chosen, person_id] : chosen.filter((id) => id !== person_id))
            }
          />
        ))}
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
