import { useLingui } from '@lingui/react/macro'
import { cn } from './cn'

interface SkeletonRowsProps {
  count?: number
  /** The final height of a row, as a class: the list must not jump when the rows arrive. */
  rowClassName?: string
  /** Whether the rows start with an avatar. */
  avatar?: boolean
}

/** Stands where rows will be, once waiting has taken 300 ms. */
export function SkeletonRows({ count = 6, rowClassName = 'h-22.5', avatar = true }: SkeletonRowsProps) {
  const { t } = useLingui()
  return (
    <div role="status" aria-label={t`Loading`} className="animate-late">
      {Array.from({ length: count }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never move
          key={row}
          className={cn('flex items-start gap-3 border-line border-b px-4 py-3', rowClassName)}
        >
          {avatar ? <span className="size-10 shrink-0 animate-breathe rounded-full bg-sunken" /> : null}
          <span className="flex flex-1 flex-col gap-2 pt-1">
            <span className="h-3 w-2/5 animate-breathe rounded-key bg-sunken" />
            <span className="h-3 w-4/5 animate-breathe rounded-key bg-sunken" />
          </span>
        </div>
      ))}
    </div>
  )
}
