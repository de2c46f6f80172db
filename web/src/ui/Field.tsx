import { CircleAlert } from 'lucide-react'
import { createContext, type ReactNode, useContext, useId } from 'react'

interface FieldIds {
  id: string
  describedBy: string | undefined
  invalid: boolean
}

const FieldContext = createContext<FieldIds | null>(null)

interface FieldProps {
  label: ReactNode
  /** One sentence of help, always visible. */
  hint?: ReactNode
  /** What is wrong and what to do; read out with the field. */
  error?: ReactNode
  /** One TextInput, Textarea or Select. */
  children: ReactNode
  className?: string
}

/** A label, a control, its help and its error, tied together for screen readers. */
export function Field({ label, hint, error, children, className }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const describedBy = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ') || undefined
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block font-semibold text-second">
        {label}
      </label>
      <FieldContext value={{ id, describedBy, invalid: Boolean(error) }}>{children}</FieldContext>
      {hint ? (
        <p id={hintId} className="mt-1 text-meta text-text3">
          {hint}
        </p>
      ) : null}
      <p id={errorId} role="alert" className="mt-1 flex gap-1.5 text-bad text-meta empty:hidden">
        {error ? (
          <>
            <CircleAlert aria-hidden size={13} strokeWidth={2} className="mt-0.5 shrink-0" />
            <span>{error}</span>
          </>
        ) : null}
      </p>
    </div>
  )
}

/** What a control inside a Field must carry; outside of one it needs an `aria-label` of its own. */
export function useFieldProps() {
  const field = useContext(FieldContext)
  if (!field) return {}
  return {
    id: field.id,
    'aria-describedby': field.describedBy,
    'aria-invalid': field.invalid || undefined,
  }
}

/** The look shared by everything that takes text. */
export const controlClass =
  'focus-field block w-full rounded-field border border-line-strong bg-surface px-3 py-1.5 text-text text-ui aria-invalid:border-bad disabled:bg-sunken disabled:text-text3 pointer-coarse:min-h-11'
