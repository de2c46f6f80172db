import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { LoadFailed } from '../../settings/LoadFailed'
import { Panel } from '../../settings/Panel'
import { Button } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { Field } from '../../ui/Field'
import { SkeletonRows } from '../../ui/Skeleton'
import { TextInput } from '../../ui/TextInput'
import { type OrderSettings, putOrderSettings, type StatusRule } from '../api'
import { orderKeys, useOrderSettings } from '../queries'
import { Origins } from './Origins'
import { StatusEditor } from './StatusEditor'
import { WordingFields } from './WordingFields'

/** Statuses, what customers are told of them, the reminder, and whose pages may show panels. */
export function OrderSettingsPanel() {
  const { t } = useLingui()
  const query = useOrderSettings()
  return (
    <Panel title={t`Orders`}>
      {query.isPending ? <SkeletonRows count={5} avatar={false} rowClassName="h-14" /> : null}
      {query.isError ? (
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      ) : null}
      {query.data ? (
        <div className="flex max-w-160 flex-col gap-8">
          <Form settings={query.data} />
          <Origins />
        </div>
      ) : null}
    </Panel>
  )
}

function Form({ settings }: { settings: OrderSettings }) {
  const { t } = useLingui()
  const format = useFormat()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [draft, setDraft] = useState(settings)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [saved, setSaved] = useState<Date | null>(null)
  const changed = draft !== settings && JSON.stringify(draft) !== JSON.stringify(settings)
  const { statuses, reminder, appointment } = draft

  function change(part: Partial<OrderSettings>) {
    setDraft({ ...draft, ...part })
    setSaved(null)
  }

  function changeStatus(place: number, rule: StatusRule | null) {
    change({ statuses: statuses.flatMap((old, at) => (at !== place ? [old] : rule ? [rule] : [])) })
  }

  async function save() {
    setBusy(true)
    setFailure('')
    try {
      const kept = await putOrderSettings(draft)
      queries.setQueryData(orderKeys.settings, kept)
      setDraft(kept)
      setSaved(new Date())
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(false)
  }

  return (
    <form
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) void save()
      }}
    >
      <section aria-labelledby="order-statuses">
        <h3 id="order-statuses" className="mb-2 font-semibold font-serif text-section">
          {t`Statuses`}
        </h3>
        <ul className="border-line border-t">
          {statuses.map((rule, place) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a status is edited in its place, its key included
              key={place}
              className="border-line border-b"
            >
              <StatusEditor rule={rule} onChange={(next) => changeStatus(place, next)} />
            </li>
          ))}
        </ul>
        <Button
          size="small"
          className="mt-2"
          icon={<Plus aria-hidden size={13} strokeWidth={2} />}
          onClick={() => change({ statuses: [...statuses, { key: freeKey(statuses) }] })}
        >
          {t`Add a status`}
        </Button>
      </section>
      <section aria-labelledby="order-ways" className="flex flex-col gap-3">
        <h3 id="order-ways" className="font-semibold font-serif text-section">
          {t`How customers are told`}
        </h3>
        <Checkbox
          label={t`Free text instead of the template while the 24-hour window is open`}
          checked={draft.free_text}
          onChange={(free_text) => change({ free_text })}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <Field
            label={t`Language for everybody else`}
            hint={t`As en_US or de: for customers whose language has no template.`}
          >
            <TextInput
              value={draft.default_language}
              maxLength={15}
              onChange={(event) => change({ default_language: event.target.value.trim() })}
            />
          </Field>
          <Field label={t`Time zone`} hint={t`Of appointments, as Europe/Berlin.`}>
            <TextInput
              value={draft.time_zone}
              maxLength={64}
              onChange={(event) => change({ time_zone: event.target.value.trim() })}
            />
          </Field>
        </div>
      </section>
      <section aria-labelledby="order-appointments" className="flex flex-col gap-3">
        <h3 id="order-appointments" className="font-semibold font-serif text-section">
          {t`Appointments`}
        </h3>
        <Checkbox
          label={t`A message when an appointment is made or moved`}
          checked={Boolean(appointment)}
          onChange={(on) =>
            change({ appointment: on ? { template: '', body: ['{{appointment}}'] } : undefined })
          }
        />
        {appointment ? (
          <WordingFields wording={appointment} onChange={(next) => change({ appointment: next })} />
        ) : null}
        <Checkbox
          label={t`A reminder before an appointment`}
          checked={Boolean(reminder)}
          onChange={(on) =>
            change({
              reminder: on
                ? { template: 'appointment_reminder', body: ['{{appointment}}'], lead_minutes: 1440 }
                : undefined,
            })
          }
        />
        {reminder ? (
          <>
            <Field label={t`Hours before`} className="w-32">
              <TextInput
                inputMode="decimal"
                value={String(reminder.lead_minutes / 60)}
                onChange={(event) => {
                  const hours = Number(event.target.value.replace(',', '.'))
                  if (Number.isFinite(hours)) {
                    change({ reminder: { ...reminder, lead_minutes: Math.round(hours * 60) } })
                  }
                }}
              />
            </Field>
            <WordingFields
              wording={reminder}
              onChange={(next) => change({ reminder: { ...next, lead_minutes: reminder.lead_minutes } })}
            />
          </>
        ) : null}
      </section>
      {failure ? (
        <p role="alert" className="text-bad text-second">
          {failure}
        </p>
      ) : null}
      <div className="flex items-center gap-3">
        <Button
          type="submit"
          variant="ink"
          busy={busy}
          disabledReason={changed ? undefined : t`Nothing has been changed.`}
        >
          {t`Save settings`}
        </Button>
        {saved ? (
          <span role="status" className="text-second text-text2">{t`Saved ${format.time(saved)}`}</span>
        ) : null}
      </div>
    </form>
  )
}

function freeKey(statuses: readonly StatusRule[]): string {
  for (let n = statuses.length + 1; ; n++) {
    const key = `status_${n}`
    if (!statuses.some((rule) => rule.key === key)) return key
  }
}
