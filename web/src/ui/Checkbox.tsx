import { Check, Minus } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import { type ReactNode, useId } from 'react'

interface CheckboxProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean | 'indeterminate'
  onChange: (checked: boolean) => void
}

/** A choice with its label; the whole line can be clicked. */
export function Checkbox({ label, hint, checked, onChange }: CheckboxProps) {
  const id = useId()
  return (
    <div className="flex min-h-6 items-start gap-2.5 pointer-coarse:min-h-11">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-key border border-line-strong bg-surface text-on-ink data-[state=checked]:border-ink data-[state=indeterminate]:border-ink data-[state=checked]:bg-ink data-[state=indeterminate]:bg-ink"
      >
        <Radix.Indicator>
          {checked === 'indeterminate' ? (
            <Minus aria-hidden size={13} strokeWidth={2.5} />
          ) : (
            <Check aria-hidden size={13} strokeWidth={2.5} />
          )}
        </Radix.Indicator>
      </Radix.Root>
      <label htmlFor={id} className="flex-1">
        {label}
        {hint ? <span className="block text-meta text-text3">{hint}</span> : null}
      </label>
    </div>
  )
}
