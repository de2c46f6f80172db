import type { ReactNode } from 'react'
import { cn } from './cn'

interface EmptyStateProps {
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  className?: string
}

/** A serif line, one sentence, one button. */
export function EmptyState({ title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center gap-1.5 px-6 py-7 text-center', className)}>
      <p className="font-semibold font-serif text-section">{title}</p>
      {children ? <p className="max-w-100 text-pretty text-second text-text2">{children}</p> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  )
}
