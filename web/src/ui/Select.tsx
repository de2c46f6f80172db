import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn'
import { controlClass, useFieldProps } from './Field'

/** The platform's own select: right on a phone, right with a screen reader. Children are `<option>`s. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <span className="relative block">
      <select
        {...useFieldProps()}
        {...rest}
        className={cn(controlClass, 'appearance-none pr-9', className)}
      />
      <ChevronDown
        aria-hidden
        size={15}
        className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-text2"
      />
    </span>
  )
}
