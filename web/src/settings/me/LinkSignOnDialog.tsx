import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { linkSignOn, type MyAccount } from '../../api/accounts'
import { Refusal } from '../../api/client'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { PasswordField } from '../../signin/PasswordField'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'

interface LinkSignOnDialogProps {
  account: MyAccount
  /** What people call the sign-on. */
  name: string
  onClose: () => void
}

/** Asks for the password where there is one, then leads to the other house, which leads back. */
export function LinkSignOnDialog({ account, name, onClose }: LinkSignOnDialogProps) {
  const { t } = useLingui()
  const checks = useChecks()
  const [notice, setNotice] = useState('')
  const has = account.security.password
  const form = useForm({
    start: { password: '' },
    check: has ? { password: checks.password } : {},
    at: { password_wrong: 'password' },
    send: async ({ password }) => {
      setNotice('')
      try {
        window.location.assign((await linkSignOn(has ? password : undefined)).url)
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'sso_unavailable') throw error
        setNotice(t`“${name}” does not answer. Nothing was changed. Try again in a while.`)
      }
    },
  })
  return (
    <Dialog
      open
      keepOpen={form.values.password !== ''}
      onOpenChange={onClose}
      title={t`Link “${name}”?`}
      description={t`You sign in there and come back here. From then on that account lets you in.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            type="submit"
            form="link-sign-on"
            busy={form.busy}
            disabledReason={form.waiting}
          >
            {t`Continue`}
          </Button>
        </>
      }
    >
      <form id="link-sign-on" {...form.props} className="flex flex-col gap-3.5">
        {has ? (
          <PasswordField
            {...form.field('password')}
            label={t`Password`}
            autoComplete="current-password"
            autoFocus
            error={form.problem('password')}
          />
        ) : null}
        <FormFailure form={form} />
        <p role="alert" className="text-bad text-second empty:hidden">
          {notice}
        </p>
      </form>
    </Dialog>
  )
}
