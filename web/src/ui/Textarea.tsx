import type { ComponentProps } from 'react'
import { cn } from './cn'
import { controlClass, useFieldProps } from './Field'

/** Several lines; grows with its text up to 8 lines, then scrolls. */
export function Textarea({ className, rows = 1, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      dir="auto"
      rows={rows}
      {...useFieldProps()}
      {...rest}
      className={cn(
        controlClass,
        'field-sizing-content read-only:bg-sunken max-h-[8lh] resize-none overflow-y-auto',
        className,
      )}
    />
  )
}
