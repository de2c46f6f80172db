import type { ComponentProps } from 'react'
import { cn } from './cn'
import { controlClass, useFieldProps } from './Field'

/** One line of text. Takes everything an `<input>` takes. */
export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      type="text"
      {...useFieldProps()}
      {...rest}
      className={cn(controlClass, 'read-only:bg-sunken', className)}
    />
  )
}
