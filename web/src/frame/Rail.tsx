import { useLingui } from '@lingui/react/macro'
import { Link, useLocation } from '@tanstack/react-router'
import { Smartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge } from '../ui/Badge'
import { cn } from '../ui/cn'
import { Mark } from '../ui/Mark'
import { Tooltip } from '../ui/Tooltip'
import { type Entry, entries } from './entries'
import { PersonMenu } from './PersonMenu'
import { useSession } from './session'
import { useWaiting } from './waiting'

const place = cn(
  'relative flex flex-1 flex-col items-center justify-center gap-0.5 rounded-field px-1 text-center text-label aria-[current=page]:font-semibold',
  'max-sm:min-h-13 max-sm:text-text2 max-sm:aria-[current=page]:text-text',
  'sm:min-h-11 sm:flex-none sm:text-rail-text sm:aria-[current=page]:bg-rail-active sm:aria-[current=page]:text-on-rail sm:hover:bg-rail-active md:min-h-13.5',
)

/**
 * The way between the pages: on the left with labels, between 640 and 960 px with tooltips in their place,
 * below that as a bar under the page.
 */
export function Rail({ className }: { className?: string }) {
  const { t } = useLingui()
  const role = useSession().data?.person.role ?? ''
  return (
    <nav
      aria-label={t`Pages`}
      className={cn(
        'flex shrink-0 gap-1 px-1 max-sm:order-last max-sm:border-line max-sm:border-t max-sm:bg-surface max-sm:pb-[env(safe-area-inset-bottom)] sm:w-14 sm:flex-col sm:bg-rail sm:py-3 md:w-18',
        className,
      )}
    >
      <Mark size={28} className="mx-auto mt-1.5 mb-4 shrink-0 text-seal max-sm:hidden" />
      {entries.map((entry) =>
        entry.opens?.(role) === false ? null : (
          <PageLink
            key={entry.to}
            entry={entry}
            className={entry.rare ? 'sm:order-2 sm:mt-auto' : undefined}
          />
        ),
      )}
      {import.meta.env.DEV ? (
        <a href="/sandbox.html" className={place}>
          <Smartphone aria-hidden size={20} strokeWidth={1.75} />
          <Label>{t`Sandbox`}</Label>
        </a>
      ) : null}
      <div className="flex items-center justify-center sm:order-3">
        <PersonMenu />
      </div>
    </nav>
  )
}

interface PageLinkProps {
  entry: Entry
  className?: string
}

function PageLink({ entry: { to, label, Icon }, className }: PageLinkProps) {
  const { i18n, t } = useLingui()
  const waiting = useWaiting(to)
  const here = useLocation().pathname.startsWith('/c/') && to === '/'
  const name = i18n._(label)
  return (
    <Tooltip text={name} side="right">
      <Link
        to={to}
        className={cn(place, className)}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        {...(here ? { 'aria-current': 'page' as const } : {})}
      >
        <span className="relative">
          <Icon aria-hidden size={20} strokeWidth={1.75} />
          <Badge count={waiting} name={t`${waiting} waiting`} className="absolute -top-2.5 left-3" />
        </span>
        <Label>{name}</Label>
      </Link>
    </Tooltip>
  )
}

function Label({ children }: { children: ReactNode }) {
  return (
    <span className={cn('max-w-full hyphens-auto [overflow-wrap:anywhere]', 'sm:max-md:sr-only')}>
      {children}
    </span>
  )
}
