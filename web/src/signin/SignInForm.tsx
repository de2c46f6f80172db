import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { getSignInMethods, type SignedIn, signInByPassword } from '../api/accounts'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { Button, buttonClass } from '../ui/Button'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import { useChecks } from './checks'
import { PasswordField } from './PasswordField'
import { passkeysPossible } from './passkey'
import { SecondStep } from './SecondStep'
import { usePasskeySignIn } from './usePasskeySignIn'

interface SignInFormProps {
  /** The address of somebody who was here before. */
  email?: string
  /** Where single sign-on leads back to. */
  next: string
  /** In a dialog above a page that must stay: nothing may lead away from it. */
  stay?: boolean
  onDone: () => Promise<void> | void
}

/** All ways to come in: password with its second step, passkey, single sign-on. */
export function SignInForm({ email = '', next, stay = false, onDone }: SignInFormProps) {
  const { t } = useLingui()
  const checks = useChecks()
  const methods = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods }).data
  const [second, setSecond] = useState<SignedIn | null>(null)
  const [notice, setNotice] = useState('')
  const passkey = usePasskeySignIn(onDone)
  const form = useForm({
    start: { email, password: '' },
    check: { email: checks.email, password: checks.password },
    send: async (values) => {
      setNotice('')
      passkey.clear()
      const answer = await signInByPassword(values.email.trim(), values.password)
      if (answer.state === 'second_factor') setSecond(answer)
      else await onDone()
    },
  })

  if (second?.token) {
    return (
      <SecondStep
        token={second.token}
        methods={second.methods}
        onDone={onDone}
        onBack={(why) => {
          setSecond(null)
          setNotice(why)
          form.set('password', '')
        }}
      />
    )
  }
  return (
    <div className="flex flex-col gap-4">
      <form {...form.props} aria-label={t`Sign in with a password`} className="flex flex-col gap-3.5">
        {notice ? (
          <p role="alert" className="text-bad text-second">
            {notice}
          </p>
        ) : null}
        <Field label={t`E-mail`} error={form.problem('email')}>
          <TextInput
            {...form.field('email')}
            type="email"
            inputMode="email"
            name="email"
            autoComplete="username webauthn"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus={!email}
            required
          />
        </Field>
        <PasswordField
          {...form.field('password')}
          label={t`Password`}
          error={form.problem('password')}
          name="password"
          autoComplete="current-password"
          autoFocus={Boolean(email)}
          required
        />
        <FormFailure form={form} />
        <Button
          type="submit"
          variant="ink"
          size="footer"
          busy={form.busy}
          disabledReason={form.waiting}
        >{t`Sign in`}</Button>
        {methods?.password_reset && !stay ? (
          <Link to="/forgot" className="self-start text-ink text-second underline underline-offset-2">
            {t`Forgot the password?`}
          </Link>
        ) : null}
      </form>
      {(methods?.passkeys && passkeysPossible()) || (methods?.sso && !stay) ? (
        <div className="flex flex-col gap-2.5">
          <p className="flex items-center gap-3 text-meta text-text3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            {t`or`}
          </p>
          {methods.passkeys && passkeysPossible() ? (
            <Button
              size="footer"
              icon={<KeyRound aria-hidden size={18} strokeWidth={1.75} />}
              busy={passkey.busy}
              onClick={passkey.start}
            >
              {t`Sign in with a passkey`}
            </Button>
          ) : null}
          <p role="alert" className="text-bad text-second empty:hidden">
            {passkey.failure}
          </p>
          {methods.sso && !stay ? (
            <a
              href={`${methods.sso.url}?next=${encodeURIComponent(next)}`}
              className={buttonClass({ size: 'footer' })}
            >
              {t`Sign in with ${methods.sso.name}`}
            </a>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}
