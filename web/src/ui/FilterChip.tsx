import { ChevronDown, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn'
import { Menu, MenuChoice } from './Menu'

const look =
  'inline-flex min-h-6.5 max-w-full items-center gap-1 rounded-full border px-2.5 text-meta pointer-coarse:min-h-11'

interface FilterChipProps<Value extends string> {
  name: string
  /** Said by the button that takes the filter away: "Without the filter Label". */
  without: string
  value: Value
  /** Gets '' when the filter is taken away. */
  onChange: (value: Value | '') => void
  options: readonly { value: Value | ''; label: ReactNode }[]
}

/** One filter: what is chosen, with a button that takes it away, or what can be. */
export function FilterChip<Value extends string>(props: FilterChipProps<Value>) {
  const { name, without, value, onChange, options } = props
  const label = options.find((option) => option.value === value)?.label
  return (
    <span className="inline-flex max-w-full">
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className={cn(
              look,
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
          aria-label={without}
          className={cn(
            look,
            'rounded-l-none border-transparent bg-ink-tint pr-2 pl-1 text-text hover:bg-hover',
          )}
        >
          <X aria-hidden size={13} strokeWidth={2} />
        </button>
      ) : null}
    </span>
  )
}

interface SwitchChipProps {
  name: string
  on: boolean
  onChange: (on: boolean) => void
}

/** A filter that is only there or not. */
export function SwitchChip({ name, on, onChange }: SwitchChipProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onChange(!on)}
      className={cn(
        look,
        on
          ? 'border-transparent bg-ink-tint pr-2 font-semibold text-text'
          : 'border-line-strong text-text2 hover:bg-hover',
      )}
    >
      {name}
      {on ? <X aria-hidden size={13} strokeWidth={2} /> : null}
    </button>
  )
}
