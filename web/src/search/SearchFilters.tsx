import { useLingui } from '@lingui/react/macro'
import { formatPhone } from '../i18n/phone'
import { useLabels, useNumbers, usePeople } from '../inbox/data/queries'
import { LabelDot } from '../inbox/labels/LabelChip'
import { FilterChip } from '../ui/FilterChip'
import { carried, type Filters, spans } from './question'
import { useFilterWords } from './words'

interface SearchFiltersProps {
  filters: Filters
  onFilter: (some: Partial<Filters>) => void
}

/** A chip for each filter: what is chosen, or what can be. */
export function SearchFilters({ filters, onFilter }: SearchFiltersProps) {
  const { t } = useLingui()
  const words = useFilterWords()
  const numbers = useNumbers().data ?? []
  const people = usePeople().data ?? []
  const labels = useLabels().data ?? []
  const without = (name: string) => t`Without the filter ${name}`
  const any = { value: '' as const, label: t({ message: 'Any', context: 'filter of the search' }) }
  return (
    <fieldset className="flex shrink-0 flex-wrap gap-1.5 px-3 pt-1 pb-2" aria-label={t`Filters`}>
      <FilterChip
        name={t`When`}
        without={without(t`When`)}
        value={filters.span}
        onChange={(span) => onFilter({ span })}
        options={[any, ...spans.map((value) => ({ value, label: words.span[value] }))]}
      />
      <FilterChip
        name={t`Carries`}
        without={without(t`Carries`)}
        value={filters.has}
        onChange={(has) => onFilter({ has })}
        options={[any, ...carried.map((value) => ({ value, label: words.has[value] }))]}
      />
      <FilterChip
        name={t`From whom`}
        without={without(t`From whom`)}
        value={filters.person || filters.direction}
        onChange={(value) =>
          value === 'inbound' || value === 'outbound'
            ? onFilter({ direction: value, person: '' })
            : onFilter({ direction: '', person: value })
        }
        options={[
          any,
          { value: 'inbound', label: t`Customers` },
          { value: 'outbound', label: t`The house` },
          ...people.map((person) => ({ value: person.person_id, label: person.name })),
        ]}
      />
      {labels.length > 0 ? (
        <FilterChip
          name={t`Label`}
          without={without(t`Label`)}
          value={filters.label}
          onChange={(label) => onFilter({ label })}
          options={[
            any,
            ...labels.map(({ label_id, name, colour }) => ({
              value: label_id,
              label: (
                <span className="inline-flex items-center gap-1.5">
                  <LabelDot colour={colour} />
                  {name}
                </span>
              ),
            })),
          ]}
        />
      ) : null}
      {numbers.length > 1 ? (
        <FilterChip
          name={t`Number`}
          without={without(t`Number`)}
          value={filters.number}
          onChange={(number) => onFilter({ number })}
          options={[
            any,
            ...numbers.map((number) => ({
              value: number.phone_number_id,
              label: number.verified_name || formatPhone(number.display_phone),
            })),
          ]}
        />
      ) : null}
    </fieldset>
  )
}
