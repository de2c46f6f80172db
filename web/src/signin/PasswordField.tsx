import { useLingui } from '@lingui/react/macro'
import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, type ReactNode, useState } from 'react'
import { Field } from '../ui/Field'
import { IconButton } from '../ui/IconButton'
import { TextInput } from '../ui/TextInput'

interface PasswordFieldProps extends Omit<ComponentProps<'input'>, 'type' | 'autoComplete'> {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  /** `current-password` lets a password manager fill it in, `new-password` lets it make one. */
  autoComplete: 'current-password' | 'new-password'
}

/** A password, which can be looked at: mistyping is the most frequent reason why one is wrong. */
export function PasswordField({ label, hint, error, ...rest }: PasswordFieldProps) {
  const { t } = useLingui()
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <div className="relative">
      <Field label={label} hint={hint} error={error}>
        <TextInput
          {...rest}
          type={shown ? 'text' : 'password'}
          spellCheck={false}
          autoCapitalize="none"
          className="pe-11"
        />
      </Field>
      {/* After the field in the order of the keyboard; the height of the label and its margin above it. */}
      <span className="absolute end-0.5 top-6">
        <IconButton
          name={shown ? t`Hide password` : t`Show password`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          icon={<Icon aria-hidden size={18} strokeWidth={1.75} />}
          className="aria-pressed:bg-transparent"
        />
      </span>
    </div>
  )
}
