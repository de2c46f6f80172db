import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'
import { Kbd } from './Kbd'

export interface Tab<Value extends string> {
  value: Value
  label: ReactNode
  /** As the reader's language writes it. */
  count?: string
  keys?: string
}

interface TabsProps<Value extends string> {
  /** What the tabs choose between, for screen readers. */
  name: string
  tabs: readonly Tab<Value>[]
  value: Value
  onChange: (value: Value) => void
  /** The panel; it is one element, whose content follows `value`. */
  children?: ReactNode
  className?: string
  /** The row of tabs: its padding follows the page's. */
  listClassName?: string
  panelClassName?: string
}

/** A row of tabs over its panel. On narrow screens the row scrolls sideways rather than breaking. */
export function Tabs<Value extends string>({
  name,
  tabs,
  value,
  onChange,
  children,
  className,
  listClassName,
  panelClassName,
}: TabsProps<Value>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className={cn('flex min-h-0 min-w-0 flex-col', className)}
    >
      <Radix.List
        aria-label={name}
        className={cn(
          'flex shrink-0 gap-4.5 overflow-x-auto border-line border-b px-4 [scrollbar-width:none]',
          listClassName,
        )}
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="focus-inside -mx-1 -mb-px flex min-h-9.5 shrink-0 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-1 font-semibold text-second text-text2 hover:text-text data-[state=active]:border-ink data-[state=active]:text-text pointer-coarse:min-h-11"
          >
            {tab.label}
            {tab.count === undefined ? null : (
              <span className="figures font-normal text-text3">{tab.count}</span>
            )}
            {tab.keys ? <Kbd>{tab.keys}</Kbd> : null}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {/* One panel for all tabs, so that a list keeps its element while its content changes. */}
      <Radix.Content
        value={value}
        tabIndex={-1}
        className={cn('min-h-0 flex-1 outline-none', panelClassName)}
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  )
}
