import type { ReactNode } from 'react'
import { cn } from '../ui/cn'

interface ListProps {
  title: ReactNode
  /** Stands beside the title. */
  action?: ReactNode
  /** What the columns hold; a screen reader hears it with each figure instead. */
  heads: readonly ReactNode[]
  /** The widths of the columns from 960 px on, as a class `md:grid-cols-[…]`. */
  columns: string
  children: ReactNode
}

/** Rows of figures under one heading: columns where there is room, cards with their own words where there is none. */
export function RowList({ title, action, heads, columns, children }: ListProps) {
  return (
    <section>
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1.5 pb-1.5">
        <h2 className="font-semibold font-serif text-section">{title}</h2>
        {action}
      </div>
      <div
        aria-hidden
        className={cn(
          'grid items-end gap-x-5 border-line-strong border-b px-3 pb-1.5 text-meta text-text3 max-md:hidden',
          columns,
        )}
      >
        {heads.map((head, place) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
            key={place}
            className={cn(place > 1 && 'text-end')}
          >
            {head}
          </span>
        ))}
      </div>
      <ul className="max-md:border-line-strong max-md:border-t">{children}</ul>
    </section>
  )
}

/** One row; its name may be a link that covers it. */
export function Row({ columns, children }: { columns: string; children: ReactNode }) {
  return (
    <li
      className={cn(
        'relative grid items-center gap-x-5 gap-y-1.5 border-line border-b bg-surface px-3 py-2.5 has-[a:hover]:bg-hover max-md:grid-cols-3',
        columns,
      )}
    >
      {children}
    </li>
  )
}

interface CellProps {
  /** What the figure is. */
  name: string
  className?: string
  children: ReactNode
}

/** A figure with its name, which stands in the head of the column where there is one. */
export function Cell({ name, className, children }: CellProps) {
  return (
    <p className={cn('figures min-w-0 text-second md:text-end', className)}>
      <span className="block font-normal text-meta text-text3 md:sr-only">{name} </span>
      {children}
    </p>
  )
}

/** For the link that covers a row. */
export const covers =
  'after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus focus-visible:after:-outline-offset-2'
