import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { ariaKeys } from './Kbd'
import { Tooltip } from './Tooltip'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'disabled'> {
  /** What it does, for everybody: the accessible name and the tooltip. */
  name: string
  /** The key that does the same, shown in the tooltip. */
  keys?: string
  /** A Lucide icon of size 18 or 20. */
  icon: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A button without a word on it. */
export function IconButton({ name, keys, icon, side, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={name} keys={keys} side={side}>
      <button
        type="button"
        {...rest}
        aria-label={name}
        aria-keyshortcuts={ariaKeys(keys)}
        className={cn(
          'inline-flex size-8.5 shrink-0 items-center justify-center rounded-control text-text2 transition-colors hover:bg-hover hover:text-text aria-pressed:bg-selected aria-pressed:text-text pointer-coarse:size-11',
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
