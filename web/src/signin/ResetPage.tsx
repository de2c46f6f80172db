import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lookAtReset, type ResetLink, resetPassword } from '../api/accounts'
import { Refusal } from '../api/client'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { Button, buttonClass } from '../ui/Button'
import { useChecks } from './checks'
import { DeadLink, LinkFailure } from './DeadLink'
import { DoorPage } from './DoorPage'
import { PasswordField } from './PasswordField'
import { StrengthHint } from './StrengthHint'

/** The page behind the link of a mail: a new password in place of a forgotten one. */
export function ResetPage() {
  const { t } = useLingui()
  const { token = '' } = useSearch({ strict: false })
  const look = useQuery({
    queryKey: ['reset-link', token],
    queryFn: () => lookAtReset(token),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  const dead = look.error instanceof Refusal && look.error.status === 401
  if (!token || dead) {
    return (
      <DeadLink
        action={
          <Link to="/forgot" className={buttonClass({ variant: 'ink', size: 'footer' })}>
            {t`Ask for a new link`}
          </Link>
        }
      >
        {t`A link to a new password opens once, within an hour. Your password is unchanged.`}
      </DeadLink>
    )
  }
  if (look.isError) {
    return <LinkFailure error={look.error} busy={look.isFetching} onRetry={() => look.refetch()} />
  }
  if (!look.data) return <DoorPage title={t`A new password`}>{null}</DoorPage>
  return <NewPassword token={token} link={look.data} />
}

function NewPassword({ token, link }: { token: string; link: ResetLink }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const checks = useChecks()
  const form = useForm({
    start: { password: '' },
    check: { password: checks.newPassword },
    at: { invalid_password: 'password' },
    send: async ({ password }) => {
      try {
        await resetPassword(token, password)
      } catch (error) {
        if (error instanceof Refusal && error.code === 'link_expired')
          void queries.resetQueries({ queryKey: ['reset-link'] })
        throw error
      }
      // All sessions have ended, perhaps one of this browser among them.
      queries.setQueryData(['me'], null)
      await navigate({ to: '/signin', search: { reset: true } })
    },
  })
  return (
    <DoorPage title={t`A new password`}>
      <p className="text-pretty text-second text-text2">
        {t`For ${link.name} (${link.email}). All browsers that are signed in must then sign in again.`}
      </p>
      <form {...form.props} aria-label={t`A new password`} className="flex flex-col gap-3.5">
        <input type="email" name="email" autoComplete="username" value={link.email} readOnly hidden />
        <PasswordField
          {...form.field('password')}
          label={t`New password`}
          name="password"
          autoComplete="new-password"
          autoFocus
          hint={<StrengthHint password={form.values.password} personal={[link.name, link.email]} />}
          error={form.problem('password')}
        />
        <FormFailure form={form} />
        <Button type="submit" variant="ink" size="footer" busy={form.busy} disabledReason={form.waiting}>
          {t`Save the password`}
        </Button>
      </form>
    </DoorPage>
  )
}
