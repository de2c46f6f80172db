import { useLingui } from '@lingui/react/macro'
import { cn } from './cn'

interface BadgeProps {
  count: number
  /** What is counted, for screen readers: "2 unread messages". */
  name: string
  className?: string
}

/** How many wait for the reader. Nothing at zero; from 100 on "99+", so the width holds. */
export function Badge({ count, name, className }: BadgeProps) {
  const { i18n } = useLingui()
  if (count <= 0) return null
  return (
    <span
      className={cn(
        'figures inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-seal px-1.5 font-bold text-on-seal text-tiny',
        className,
      )}
    >
      <span aria-hidden>{count > 99 ? `${i18n.number(99)}+` : i18n.number(count)}</span>
      <span className="sr-only">{name}</span>
    </span>
  )
}
