import { useLingui } from '@lingui/react/macro'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { IconButton } from '../../ui/IconButton'
import { TextInput } from '../../ui/TextInput'

interface ClosedDaysProps {
  /** "2026-12-25" */
  days: readonly string[]
  onChange: (days: string[]) => void
}

/** A day of the calendar in the reader's language, whatever time zone they are in. */
export function useDayName(): (day: string) => string {
  const { i18n } = useLingui()
  return (day) =>
    new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'full', timeZone: 'UTC' }).format(
      new Date(`${day}T00:00:00Z`),
    )
}

/** Days on which nobody is there, whatever the week says. */
export function ClosedDays({ days, onChange }: ClosedDaysProps) {
  const { t } = useLingui()
  const nameOf = useDayName()
  const [day, setDay] = useState('')
  const known = days.includes(day)

  function add() {
    if (!day || known) return
    onChange([...days, day].toSorted())
    setDay('')
  }

  return (
    <>
      {days.length > 0 ? (
        <ul aria-label={t`Closed days`} className="mb-3 border-line border-t">
          {days.map((one) => (
            <li key={one} className="flex min-h-9.5 items-center gap-2 border-line border-b">
              <span className="figures min-w-0 flex-1 text-second">{nameOf(one)}</span>
              <IconButton
                name={t`Remove ${nameOf(one)}`}
                onClick={() => onChange(days.filter((other) => other !== one))}
                icon={<X size={15} strokeWidth={2} />}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t`Closed on`} error={known ? t`This day is in the list already.` : undefined}>
          <TextInput
            type="date"
            value={day}
            onChange={(event) => setDay(event.target.value)}
            onKeyDown={(event) => {
              // Enter adds the day; it does not save the rest.
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
            className="w-44"
          />
        </Field>
        <Button
          icon={<Plus aria-hidden size={15} strokeWidth={2} />}
          disabledReason={day ? undefined : t`Choose a day first.`}
          onClick={add}
          className="min-h-9.5"
        >
          {t`Add the day`}
        </Button>
      </div>
    </>
  )
}
