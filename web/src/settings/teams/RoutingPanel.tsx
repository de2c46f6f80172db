import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TeamRouting } from '../../api/desk'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { keys } from '../../inbox/data/queries'
import { putRouting } from '../../team/calls'
import { modes, useModeNames, useModeSentences } from '../../team/modes'
import { useRouting } from '../../team/queries'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { Field } from '../../ui/Field'
import { SkeletonRows } from '../../ui/Skeleton'
import { TextInput } from '../../ui/TextInput'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { Part } from '../Part'
import { ClosedDays } from './ClosedDays'
import { FeedingNumbers } from './FeedingNumbers'
import { HoursEditor } from './HoursEditor'
import { RoutingSummary } from './RoutingSummary'
import { type Draft, mostAtOnce, toDraft, toRules, wrongIn } from './rules'
import { ZoneField } from './ZoneField'

/** How one team hands out what waits: its mode, how much each takes, and when it is there. */
export function RoutingPanel({ team }: { team: string }) {
  const { t } = useLingui()
  const { rights } = usePerson()
  const routing = useRouting()
  const found = routing.data?.find(({ team_id }) => team_id === team)
  return (
    <Panel title={found?.name ?? t`Team`} back={{ section: 'teams', name: t`Back to the teams` }}>
      {routing.isPending ? <SkeletonRows count={4} avatar={false} rowClassName="h-24" /> : null}
      {routing.isError && !routing.data ? (
        <LoadFailed error={routing.error} busy={routing.isFetching} onRetry={() => routing.refetch()} />
      ) : null}
      {routing.data && !found ? <EmptyState title={t`This team is no longer here.`} /> : null}
      {routing.data && found ? (
        rights.includes('manage_workspace') ? (
          <RoutingForm key={team} routing={found} all={routing.data} />
        ) : (
          <RoutingSummary routing={found} />
        )
      ) : null}
    </Panel>
  )
}

interface RoutingFormProps {
  routing: TeamRouting
  all: readonly TeamRouting[]
}

function RoutingForm({ routing, all }: RoutingFormProps) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const names = useModeNames()
  const sentences = useModeSentences()
  const [kept, setKept] = useState(() => toDraft(routing))
  const [draft, setDraft] = useState(kept)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [saved, setSaved] = useState<Date | null>(null)
  const changed = JSON.stringify(draft) !== JSON.stringify(kept)
  const wrong = wrongIn(draft)
  const problem = {
    capacity: t`How many at once is a number from 1 to ${mostAtOnce}.`,
    noHours: t`Open the team on one day at least, or choose day and night.`,
    hours: t`The hours of a day do not fit yet.`,
  }

  function change(part: Partial<Draft>) {
    setDraft({ ...draft, ...part })
    setSaved(null)
    setFailure('')
  }

  async function save() {
    setBusy(true)
    setFailure('')
    try {
      const next = toDraft(await putRouting(routing.team_id, toRules(draft)))
      setKept(next)
      setDraft(next)
      setSaved(new Date())
      // A number that comes to this team leaves another one.
      await queries.invalidateQueries({ queryKey: keys.teams })
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(false)
  }

  return (
    <form
      aria-label={t`How ${routing.name} hands out`}
      onSubmit={(event) => {
        event.preventDefault()
        if (changed && !wrong) void save()
      }}
    >
      <Part title={t`Handing out`} about={t`What happens with a conversation that waits for this team.`}>
        <fieldset>
          <legend className="sr-only">{t`Handing out`}</legend>
          {modes.map((mode) => (
            <label key={mode} className="flex min-h-9.5 items-start gap-2.5 py-1.5 pointer-coarse:min-h-11">
              <input
                type="radio"
                name="mode"
                checked={draft.mode === mode}
                onChange={() => change({ mode })}
                className="mt-1 size-4 shrink-0 accent-(--ink)"
              />
              <span>
                <span className="block font-semibold text-second">{names[mode]}</span>
                <span className="block text-meta text-text2">{sentences[mode]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field
          label={t`At once, each`}
          hint={t`Open conversations a person of the team is given at most; what is put away does not count. A person’s own number goes before it.`}
          error={wrong === 'capacity' ? problem.capacity : undefined}
          className="mt-3"
        >
          <TextInput
            inputMode="numeric"
            value={draft.capacity}
            maxLength={3}
            onChange={(event) => change({ capacity: event.target.value.trim() })}
            className="figures w-24"
          />
        </Field>
      </Part>
      <Part
        title={t`Hours`}
        about={t`Only while the team is there are conversations handed out; what comes in between waits.`}
      >
        <ZoneField zone={draft.time_zone} onChange={(time_zone) => change({ time_zone })} />
        <div className="mt-3">
          <HoursEditor week={draft.week} onChange={(week) => change({ week })} />
        </div>
      </Part>
      <Part title={t`Closed days`} about={t`Holidays and days off, whatever the week says.`}>
        <ClosedDays days={draft.closed_days} onChange={(closed_days) => change({ closed_days })} />
      </Part>
      <Part
        title={t`Numbers that feed it`}
        about={t`What customers begin at these numbers waits for this team. Everything else waits for everybody.`}
      >
        <FeedingNumbers
          team={routing.team_id}
          all={all}
          chosen={draft.numbers}
          onChange={(numbers) => change({ numbers })}
        />
      </Part>
      <div className="sticky -bottom-5 -mx-7 flex max-w-174 flex-wrap items-center gap-x-3 gap-y-1.5 border-line border-t bg-paper px-7 py-3 max-sm:-mx-3.5 max-sm:px-3.5">
        <Button
          type="submit"
          variant="ink"
          busy={busy}
          disabledReason={wrong ? problem[wrong] : changed ? undefined : t`Nothing has been changed.`}
        >
          {t`Save how it hands out`}
        </Button>
        <p role="status" className="text-second text-text2">
          {saved
            ? t`Saved ${format.time(saved)}`
            : changed
              ? wrong
                ? problem[wrong]
                : t`Not saved yet`
              : ''}
        </p>
        {failure ? (
          <p role="alert" className="basis-full text-bad text-second">
            {failure}
          </p>
        ) : null}
      </div>
    </form>
  )
}
