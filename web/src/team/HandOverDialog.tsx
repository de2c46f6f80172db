import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AgentLoad } from '../api/desk'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { keys, usePeople } from '../inbox/data/queries'
import { announce } from '../ui/announce'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Select } from '../ui/Select'
import { toast } from '../ui/Toast'
import * as calls from './calls'
import { takesNothing } from './load'
import { useAgents, useRouting } from './queries'

interface HandOverDialogProps {
  from: AgentLoad
  onClose: () => void
}

/** Everything somebody has goes to another person, or into a team's queue. */
export function HandOverDialog({ from, onClose }: HandOverDialogProps) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const people = usePeople().data ?? []
  const agents = useAgents().data ?? []
  const teams = useRouting().data ?? []
  const [target, setTarget] = useState('')
  const [withSnoozed, setWithSnoozed] = useState(true)
  const [done, setDone] = useState<{ done: number; of: number } | null>(null)
  const [failure, setFailure] = useState('')
  const { person, open, snoozed } = from
  const count = open + (withSnoozed ? snoozed : 0)
  const others = people.filter(({ person_id, role }) => person_id !== person.person_id && !takesNothing(role))
  const away = new Set(agents.filter(({ available }) => !available).map((agent) => agent.person.person_id))

  async function act() {
    setFailure('')
    const to = target.startsWith('per_') ? { person_id: target } : { team: target }
    const refused: calls.BulkResult[] = []
    try {
      const ids = await calls.allHeldBy(person.person_id, withSnoozed)
      for (let at = 0; at < ids.length; at += calls.mostAtOnce) {
        setDone({ done: at, of: ids.length })
        const results = await calls.handOverMany(ids.slice(at, at + calls.mostAtOnce), to)
        refused.push(...results.filter(({ ok }) => !ok))
      }
      const moved = ids.length - refused.length
      const said = t`Handed over: ${format.number(moved)}`
      announce(said)
      if (refused.length === 0) {
        toast({ text: said })
        onClose()
      } else {
        const codes = [...new Set(refused.map(({ code }) => code))].join(', ')
        setFailure(t`${said}. Not handed over: ${format.number(refused.length)} (${codes}).`)
      }
    } catch (error) {
      setFailure(words(error).text)
    }
    setDone(null)
    for (const queryKey of [keys.overview, keys.lists, keys.counts, ['conversation']]) {
      void queries.invalidateQueries({ queryKey })
    }
  }

  return (
    <Dialog
      open
      keepOpen={target !== ''}
      onOpenChange={onClose}
      title={t`Who gets what ${person.name} has?`}
      description={t`Open: ${format.number(open)}. Put away: ${format.number(snoozed)}. Customers notice nothing.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            busy={done !== null}
            disabledReason={
              target === ''
                ? t`Choose a person or a team.`
                : count === 0
                  ? t`There is nothing to hand over.`
                  : undefined
            }
            onClick={() => void act()}
          >
            {done
              ? t`${format.number(done.done)} of ${format.number(done.of)}`
              : t`Hand over ${format.number(count)}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3.5">
        <Field label={t`Person or team`} hint={t`A team’s queue hands them out as it does with new ones.`}>
          <Select value={target} onChange={(event) => setTarget(event.target.value)}>
            <option value="">{t`Choose`}</option>
            <optgroup label={t`Teams`}>
              {teams.map(({ team_id, name }) => (
                <option key={team_id} value={team_id}>
                  {name}
                </option>
              ))}
              <option value={calls.noTeam}>{t`No team`}</option>
            </optgroup>
            <optgroup label={t({ message: 'People', context: 'of the house' })}>
              {others.map(({ person_id, name }) => (
                <option key={person_id} value={person_id}>
                  {away.has(person_id) ? t`${name} (away)` : name}
                </option>
              ))}
            </optgroup>
          </Select>
        </Field>
        {snoozed > 0 ? (
          <Checkbox
            label={t`Also what is put away`}
            hint={t`It wakes up and is among the open ones again.`}
            checked={withSnoozed}
            onChange={setWithSnoozed}
          />
        ) : null}
        {failure ? (
          <p role="alert" className="text-bad text-second">
            {failure}
          </p>
        ) : null}
      </div>
    </Dialog>
  )
}
