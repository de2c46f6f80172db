import { Switch as Radix } from 'radix-ui'
import { type ReactNode, useId } from 'react'

interface SwitchProps {
  label: ReactNode
  /** Stands at the end of the line, such as a ratio. */
  detail?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
}

/** Something that is on or off and takes effect at once; where nothing happens before saving, use Checkbox. */
export function Switch({ label, detail, checked, onChange }: SwitchProps) {
  const id = useId()
  return (
    <div className="flex min-h-8.5 items-center gap-2.5 pointer-coarse:min-h-11">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        className="h-5 w-8.5 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors data-[state=checked]:bg-ink"
      >
        <Radix.Thumb className="block size-4 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-3.5" />
      </Radix.Root>
      <label htmlFor={id} className="flex-1 text-second">
        {label}
      </label>
      {detail ? <span className="text-second text-text3">{detail}</span> : null}
    </div>
  )
}
