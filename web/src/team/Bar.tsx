import { cn } from '../ui/cn'
import type { Fullness } from './load'

const fills: Readonly<Record<Fullness, string>> = {
  free: 'fill-ink',
  full: 'fill-warn-solid',
}

interface BarProps {
  /** From 0 to 1. */
  share: number
  is?: Fullness
  className?: string
}

/** A share as a bar. It repeats figures that stand beside it, so nobody hears of it. */
export function Bar({ share, is = 'free', className }: BarProps) {
  return (
    <svg
      aria-hidden
      className={cn('h-2 min-w-0 flex-1 overflow-visible', className)}
      preserveAspectRatio="none"
    >
      <rect width="100%" height="8" rx="4" className="fill-sunken stroke-line" />
      {share > 0 ? (
        <rect width={`${Math.max(3, share * 100)}%`} height="8" rx="4" className={fills[is]} />
      ) : null}
    </svg>
  )
}
