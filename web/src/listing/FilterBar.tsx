import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import type { Narrowing } from '../api/types'
import { formatPhone } from '../i18n/phone'
import { useLabels, useNumbers, usePeople } from '../inbox/data/queries'
import { LabelDot } from '../inbox/labels/LabelChip'
import { useTeams } from '../settings/people/queries'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { FilterChip, SwitchChip } from '../ui/FilterChip'

interface FilterBarProps {
  narrowing: Narrowing
  onChange: (narrowing: Narrowing) => void
  /** Whether the first chip takes the focus: somebody has just asked for the filters. */
  focus: boolean
}

/** What the list is narrowed by, as chips; each can be taken away. */
export function FilterBar({ narrowing, onChange, focus }: FilterBarProps) {
  const { t } = useLingui()
  const labels = useLabels().data ?? []
  const teams = useTeams().data ?? []
  const numbers = useNumbers().data ?? []
  const people = usePeople().data ?? []
  const bar = useRef<HTMLFieldSetElement>(null)
  useEffect(() => {
    if (focus) bar.current?.querySelector('button')?.focus()
  }, [focus])

  const any = { value: '', label: t({ message: 'Any', context: 'filter of the list' }) }
  /** Without a value the filter goes. */
  const set = <Name extends keyof Narrowing>(name: Name, value: Narrowing[Name]) => {
    const { [name]: _, ...others } = narrowing
    onChange(value ? { ...others, [name]: value } : others)
  }
  const chips = [
    {
      key: 'label',
      name: t`Label`,
      options: labels.map(({ label_id, name, colour }) => ({
        value: label_id,
        label: (
          <span className="inline-flex items-center gap-1.5">
            <LabelDot colour={colour} />
            {name}
          </span>
        ),
      })),
    },
    {
      key: 'team',
      name: t`Team`,
      options:
        teams.length === 0
          ? []
          : [
              ...teams.map(({ team_id, name }) => ({ value: team_id, label: name })),
              { value: 'none', label: t`No team` },
            ],
    },
    {
      key: 'assignee',
      name: t`Assigned to`,
      options: people.map(({ person_id, name }) => ({ value: person_id, label: name })),
    },
    {
      key: 'number',
      name: t`Number`,
      options:
        numbers.length > 1
          ? numbers.map((number) => ({
              value: number.phone_number_id,
              label: number.verified_name || formatPhone(number.display_phone),
            }))
          : [],
    },
  ] as const

  return (
    <fieldset
      ref={bar}
      aria-label={t`Filters of the list`}
      className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 pb-2"
    >
      <SwitchChip
        name={t`Unread`}
        on={narrowing.unread === true}
        onChange={(on) => set('unread', on || undefined)}
      />
      {chips.map(({ key, name, options }) => {
        const value = narrowing[key] ?? ''
        // What the address asks for may be gone since: it can still be taken away.
        if (options.length === 0 && !value) return null
        const gone = value && !options.some((option) => option.value === value)
        return (
          <FilterChip
            key={key}
            name={name}
            without={t`Without the filter ${name}`}
            value={value}
            onChange={(next) => set(key, next)}
            options={[any, ...options, ...(gone ? [{ value, label: t`No longer here` }] : [])]}
          />
        )
      })}
      {Object.keys(narrowing).length > 1 ? (
        <Button variant="quiet" size="small" onClick={() => onChange({})}>
          {t`Without filters`}
        </Button>
      ) : null}
    </fieldset>
  )
}

/** The list is empty because of its filters. */
export function NothingFits({ onAll }: { onAll: () => void }) {
  const { t } = useLingui()
  return (
    <EmptyState
      className="my-auto"
      title={t`No conversation fits the filters.`}
      action={
        <Button variant="ink" onClick={onAll}>
          {t`Without filters`}
        </Button>
      }
    >
      {t`The other tabs may have one; the filters hold there too.`}
    </EmptyState>
  )
}
