import { useLingui } from '@lingui/react/macro'
import { cn } from '../../ui/cn'

const shapes = ['w-2/3 h-16', 'w-1/3 h-11 self-end', 'w-1/2 h-11', 'w-3/5 h-20 self-end', 'w-2/5 h-11']

/** Stands where messages will be, once waiting has taken 300 ms. */
export function ThreadSkeleton() {
  const { t } = useLingui()
  return (
    <div
      role="status"
      aria-label={t`Loading`}
      className="flex min-h-0 flex-1 animate-late flex-col justify-end gap-2 overflow-clip px-3.5 pb-4 sm:px-6"
    >
      {shapes.map((shape) => (
        <span key={shape} className={cn('animate-breathe rounded-bubble bg-sunken', shape)} />
      ))}
    </div>
  )
}
