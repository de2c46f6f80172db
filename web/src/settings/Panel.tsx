import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../ui/cn'

interface PanelProps {
  title: ReactNode
  /** Where the arrow leads; without it the arrow leads to the sections, and only phones have it. */
  back?: { section: string; name: string }
  /** At most one button. */
  action?: ReactNode
  children: ReactNode
}

/** One section of the settings, or something in it: a header that stays and what scrolls below. */
export function Panel({ title, back, action, children }: PanelProps) {
  const { t } = useLingui()
  const arrow = <ArrowLeft size={18} strokeWidth={1.75} />
  const look =
    'inline-flex size-8.5 shrink-0 items-center justify-center rounded-control text-text2 hover:bg-hover hover:text-text pointer-coarse:size-11'
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex min-h-16 shrink-0 items-center gap-2 border-line border-b bg-surface px-7 max-sm:px-3.5">
        {back ? (
          <Link
            to="/settings/$section"
            params={{ section: back.section }}
            aria-label={back.name}
            className={cn(look, '-ml-2.5')}
          >
            {arrow}
          </Link>
        ) : (
          <Link to="/settings" aria-label={t`Back to the sections`} className={cn(look, '-ml-1.5 sm:hidden')}>
            {arrow}
          </Link>
        )}
        <h2 className="min-w-0 flex-1 font-semibold font-serif text-section [overflow-wrap:anywhere]">
          {title}
        </h2>
        {action}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-7 py-5 max-sm:px-3.5">{children}</div>
    </section>
  )
}
