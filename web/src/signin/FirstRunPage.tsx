import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { getSignInMethods, setUp } from '../api/accounts'
import { Refusal } from '../api/client'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { currentLanguage } from '../i18n/language'
import { Banner } from '../ui/Banner'
import { Button, buttonClass } from '../ui/Button'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import { useChecks } from './checks'
import { DoorPage } from './DoorPage'
import { PasswordField } from './PasswordField'
import { StrengthHint } from './StrengthHint'
import { useComeIn } from './useComeIn'

/** The very first page: whoever holds the code from the window where Kontor was started becomes the owner. */
export function FirstRunPage() {
  const { t } = useLingui()
  const { code = '' } = useSearch({ strict: false })
  const methods = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods })
  const [done, setDone] = useState(false)
  const checks = useChecks()
  const comeIn = useComeIn()
  const form = useForm({
    start: { code, name: '', email: '', password: '', workspace_name: '' },
    check: {
      code: checks.code,
      name: checks.name,
      email: checks.email,
      password: checks.newPassword,
      workspace_name: checks.name,
    },
    at: { setup_code_wrong: 'code' },
    send: async ({ code, name, email, password, workspace_name }) => {
      try {
        await setUp({
          code: code.trim(),
          name: name.trim(),
          email: email.trim(),
          password,
          workspace_name: workspace_name.trim(),
          locale: currentLanguage(),
        })
      } catch (error) {
        if (error instanceof Refusal && error.code === 'setup_done') setDone(true)
        throw error
      }
      await comeIn()
    },
  })

  if (done || methods.data?.setup_needed === false) {
    return (
      <DoorPage title={t`Kontor is set up`}>
        <p>{t`Somebody owns this house already. Sign in, or ask them for an invitation.`}</p>
        <Link
          to="/signin"
          className={buttonClass({ variant: 'ink', size: 'footer', className: 'self-start' })}
        >
          {t`Sign in`}
        </Link>
      </DoorPage>
    )
  }
  return (
    <DoorPage title={t`Set up Kontor`}>
      <p className="text-pretty text-second text-text2">
        {t`You become the owner of this house. There is no password but the one that you choose here.`}
      </p>
      {methods.isError ? (
        <Banner
          tone="warn"
          title={t`The server did not answer.`}
          action={
            <Button size="small" onClick={() => methods.refetch()} busy={methods.isFetching}>
              {t`Try again`}
            </Button>
          }
        />
      ) : null}
      <form {...form.props} aria-label={t`Set up Kontor`} className="flex flex-col gap-3.5">
        <Field
          label={t`Set-up code`}
          hint={t`It stands in the window where Kontor was started.`}
          error={form.problem('code')}
        >
          <TextInput
            {...form.field('code')}
            autoFocus={!code}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={200}
            className="font-mono"
          />
        </Field>
        <Field label={t`Your name`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoFocus={Boolean(code)} name="name" autoComplete="name" />
        </Field>
        <Field label={t`E-mail`} error={form.problem('email')}>
          <TextInput
            {...form.field('email')}
            type="email"
            inputMode="email"
            name="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Field>
        <PasswordField
          {...form.field('password')}
          label={t`Password`}
          name="password"
          autoComplete="new-password"
          hint={
            <StrengthHint password={form.values.password} personal={[form.values.name, form.values.email]} />
          }
          error={form.problem('password')}
        />
        <Field
          label={t`Name of the house`}
          hint={t`What your company is called; your people see it.`}
          error={form.problem('workspace_name')}
        >
          <TextInput {...form.field('workspace_name')} autoComplete="organization" />
        </Field>
        <FormFailure form={form} />
        <Button type="submit" variant="ink" size="footer" busy={form.busy} disabledReason={form.waiting}>
          {t`Set up and sign in`}
        </Button>
      </form>
    </DoorPage>
  )
}
