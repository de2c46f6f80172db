import { Search } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn'
import { ariaKeys, Kbd } from './Kbd'

interface SearchInputProps extends Omit<ComponentProps<'input'>, 'type' | 'aria-label'> {
  /** The accessible name, also the placeholder. */
  name: string
  keys?: string
}

/** The sunken search well above a list. */
export function SearchInput({ name, keys, className, ...rest }: SearchInputProps) {
  return (
    <label
      className={cn(
        'flex min-h-8.5 items-center gap-2 rounded-field bg-sunken px-2.5 text-text3 has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-1 pointer-coarse:min-h-11',
        className,
      )}
    >
      <Search aria-hidden size={15} strokeWidth={1.75} className="shrink-0" />
      <input
        {...rest}
        type="search"
        aria-label={name}
        aria-keyshortcuts={ariaKeys(keys)}
        placeholder={name}
        className="min-w-0 flex-1 text-ellipsis bg-transparent text-second text-text outline-none"
      />
      {keys ? <Kbd>{keys}</Kbd> : null}
    </label>
  )
}
