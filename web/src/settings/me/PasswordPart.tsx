import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type MyAccount, setMyPassword } from '../../api/accounts'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { PasswordField } from '../../signin/PasswordField'
import { StrengthHint } from '../../signin/StrengthHint'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/Toast'
import { Part } from '../Part'
import { sessionsKey } from './SessionsPart'
import { myAccountKey } from './useMyAccount'

interface PasswordPartProps {
  account: MyAccount
}

/** The password, or that there is none yet. */
export function PasswordPart({ account }: PasswordPartProps) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const has = account.security.password
  return (
    <Part
      title={t`Password`}
      about={
        has
          ? t`A change ends all your other sessions.`
          : t`You have none: you come in by a link, a passkey or single sign-on.`
      }
      action={
        <Button onClick={() => setOpen(true)}>{has ? t`Change password` : t`Choose a password`}</Button>
      }
    >
      {open ? <PasswordDialog account={account} onClose={() => setOpen(false)} /> : null}
    </Part>
  )
}

function PasswordDialog({ account, onClose }: PasswordPartProps & { onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const { name, email } = account.person
  const has = account.security.password
  const form = useForm({
    start: { current: '', password: '' },
    check: { ...(has ? { current: checks.password } : {}), password: checks.newPassword },
    at: { password_wrong: 'current', invalid_password: 'password' },
    send: async ({ current, password }) => {
      await setMyPassword(has ? current : undefined, password)
      for (const queryKey of [myAccountKey, sessionsKey]) void queries.invalidateQueries({ queryKey })
      toast({ text: t`The new password counts from now on. All other sessions have ended.` })
      onClose()
    },
  })
  return (
    <Dialog
      open
      keepOpen={form.values.password !== ''}
      onOpenChange={onClose}
      title={has ? t`Which password from now on?` : t`Which password?`}
      description={t`All other browsers where you are signed in must then sign in again.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            type="submit"
            form="my-password"
            busy={form.busy}
            disabledReason={form.waiting}
          >
            {t`Save the password`}
          </Button>
        </>
      }
    >
      <form id="my-password" {...form.props} className="flex flex-col gap-3.5">
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        {has ? (
          <PasswordField
            {...form.field('current')}
            label={t`Current password`}
            autoComplete="current-password"
            autoFocus
            error={form.problem('current')}
          />
        ) : null}
        <PasswordField
          {...form.field('password')}
          label={t`New password`}
          autoComplete="new-password"
          autoFocus={!has}
          hint={<StrengthHint password={form.values.password} personal={[name, email]} />}
          error={form.problem('password')}
        />
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
