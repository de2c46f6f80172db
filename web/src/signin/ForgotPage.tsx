import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { forgotPassword, getSignInMethods } from '../api/accounts'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { Button, buttonClass } from '../ui/Button'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import { useChecks } from './checks'
import { DoorPage } from './DoorPage'

/** Asks for a mail with a link to a new password. Whether an address is known here is told to nobody. */
export function ForgotPage() {
  const { t, i18n } = useLingui()
  const checks = useChecks()
  const methods = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods }).data
  const [asked, setAsked] = useState('')
  const form = useForm({
    start: { email: '' },
    check: { email: checks.email },
    send: async ({ email }) => {
      await forgotPassword(email.trim(), i18n.locale)
      setAsked(email.trim())
    },
  })
  const back = (
    <Link to="/signin" className={buttonClass({ variant: 'outline', size: 'footer' })}>
      {t`Back to sign-in`}
    </Link>
  )
  if (methods?.password_reset === false) {
    return (
      <DoorPage title={t`A new password`}>
        <p className="text-pretty">
          {t`This house sends no mail. Whoever runs Kontor lets you in by a link, which “kontor signin” prints.`}
        </p>
        {back}
      </DoorPage>
    )
  }
  if (asked) {
    return (
      <DoorPage title={t`Look into your mail`}>
        <p role="status" className="text-pretty">
          {t`If ${asked} has an account here, a mail with a link is on its way. The link opens once, within an hour.`}
        </p>
        <p className="text-second text-text2">{t`Nothing came? Look among the unwanted mail, or ask an administrator.`}</p>
        {back}
      </DoorPage>
    )
  }
  return (
    <DoorPage title={t`A new password`}>
      <p className="text-pretty text-second text-text2">{t`You get a mail with a link to choose one.`}</p>
      <form {...form.props} aria-label={t`A new password`} className="flex flex-col gap-3.5">
        <Field label={t`E-mail`} error={form.problem('email')}>
          <TextInput
            {...form.field('email')}
            type="email"
            inputMode="email"
            autoFocus
            name="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Field>
        <FormFailure form={form} />
        <Button type="submit" variant="ink" size="footer" busy={form.busy} disabledReason={form.waiting}>
          {t`Send the link`}
        </Button>
      </form>
      {back}
    </DoorPage>
  )
}
