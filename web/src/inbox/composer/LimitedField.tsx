import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useFormat } from '../../i18n/format'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'
import { TextInput } from '../../ui/TextInput'

interface LimitedFieldProps {
  label: ReactNode
  value: string
  onChange: (value: string) => void
  /** In characters, as WhatsApp counts them. */
  limit: number
  multiline?: boolean
  optional?: boolean
  hint?: ReactNode
  /** In place of the error about the length. */
  error?: ReactNode
  autoFocus?: boolean
}

/** A field that shows how much of its limit is used, and says so when it is too much. */
export function LimitedField({
  label,
  value,
  onChange,
  limit,
  multiline,
  optional,
  hint,
  error,
  autoFocus,
}: LimitedFieldProps) {
  const { t } = useLingui()
  const format = useFormat()
  const length = lengthOf(value)
  const over = length > limit ? t`This is ${format.number(length - limit)} characters too long.` : undefined
  const Control = multiline ? Textarea : TextInput
  return (
    <Field
      label={
        <span className="flex items-baseline justify-between gap-2">
          <span>
            {label} {optional ? <span className="font-normal text-text3">{t`(optional)`}</span> : null}
          </span>
          <span className="figures font-normal text-meta text-text3">
            {t`${format.number(length)} of ${format.number(limit)}`}
          </span>
        </span>
      }
      hint={hint}
      error={over ?? error}
    >
      <Control
        value={value}
        // The first field of a dialog that was just opened to be filled in.
        autoFocus={autoFocus}
        onChange={(event: { target: { value: string } }) => onChange(event.target.value)}
      />
    </Field>
  )
}

/** Characters as people see them on the wire: code points, not halves of them. */
export function lengthOf(text: string): number {
  return [...text].length
}
