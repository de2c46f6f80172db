import { useLingui } from '@lingui/react/macro'
import { ChevronDown, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatPhone } from '../i18n/phone'
import { useNumbers, usePeople } from '../inbox/data/queries'
import { cn } from '../ui/cn'
import { Menu, MenuChoice } from '../ui/Menu'
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
  const any = { value: '' as const, label: t({ message: 'Any', context: 'filter of the search' }) }
  return (
    <fieldset className="flex shrink-0 flex-wrap gap-1.5 px-3 pt-1 pb-2" aria-label={t`Filters`}>
      <Filter
        name={t`When`}
        value={filters.span}
        onChange={(span) => onFilter({ span })}
        options={[any, ...spans.map((value) => ({ value, label: words.span[value] }))]}
      />
      <Filter
        name={t`Carries`}
        value={filters.has}
        onChange={(has) => onFilter({ has })}
        options={[any, ...carried.map((value) => ({ value, label: words.has[value] }))]}
      />
      <Filter
        name={t`From whom`}
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
      {numbers.length > 1 ? (
        <Filter
          name={t`Number`}
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

interface FilterProps<Value extends string> {
  name: string
  value: Value
  onChange: (value: Value | '') => void
  options: readonly { value: Value | ''; label: ReactNode }[]
}

function Filter<Value extends string>({ name, value, onChange, options }: FilterProps<Value>) {
  const { t } = useLingui()
  const label = options.find((option) => option.value === value)?.label
  const chip =
    'inline-flex min-h-6.5 max-w-full items-center gap-1 rounded-full border px-2.5 text-meta pointer-coarse:min-h-11'
  return (
    <span className="inline-flex max-w-full">
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className={cn(
              chip,
              value
                ? 'rounded-r-none border-transparent bg-ink-tint pr-1.5 font-semibold text-text'
                : 'border-line-strong text-text2 hover:bg-hover',
            )}
          >
            <span className="truncate">
              {value ? (
                <>
                  <span className="sr-only">{name}: </span>
                  <bdi>{label}</bdi>
                </>
              ) : (
                name
              )}
            </span>
            {value ? null : <ChevronDown aria-hidden size={13} strokeWidth={2} className="shrink-0" />}
          </button>
        }
      >
        <MenuChoice label={name} value={value} onChange={onChange} options={options} />
      </Menu>
      {value ? (
        <button
          type="button"
          onClick={() => onChange('')}
          aria-label={t`Without the filter ${name}`}
          className={cn(
            chip,
            'rounded-l-none border-transparent bg-ink-tint pr-2 pl-1 text-text hover:bg-hover',
          )}
        >
          <X aria-hidden size={13} strokeWidth={2} />
        </button>
      ) : null}
    </span>
  )
}
