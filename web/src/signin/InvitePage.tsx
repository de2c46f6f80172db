import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { acceptInvitation, type InvitationLink, lookAtInvitation } from '../api/accounts'
import { Refusal } from '../api/client'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { useSession } from '../frame/session'
import { useFormat } from '../i18n/format'
import { currentLanguage } from '../i18n/language'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import { useChecks } from './checks'
import { DeadLink, LinkFailure } from './DeadLink'
import { DoorPage } from './DoorPage'
import { PasswordField } from './PasswordField'
import { roleNames, roleRights } from './roles'
import { StrengthHint } from './StrengthHint'
import { useComeIn } from './useComeIn'

/** Somebody follows the link of an invitation: who invites them to what, and the password they choose. */
export function InvitePage() {
  const { t } = useLingui()
  const { token = '' } = useSearch({ strict: false })
  const look = useQuery({
    queryKey: ['invitation-link', token],
    queryFn: () => lookAtInvitation(token),
    enabled: token !== '',
    // A link is read once; asking again would show a used one to whoever has just come in by it.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const dead = look.error instanceof Refusal && look.error.status === 401
  if (!token || dead) {
    return (
      <DeadLink>
        {t`An invitation opens once, within seven days, and can be withdrawn. Ask whoever invited you for a new one. If you have accepted it already, sign in.`}
      </DeadLink>
    )
  }
  if (look.isError) {
    return <LinkFailure error={look.error} busy={look.isFetching} onRetry={() => look.refetch()} />
  }
  if (!look.data) return <DoorPage title={t`Your invitation`}>{null}</DoorPage>
  return <Accept token={token} invitation={look.data} />
}

function Accept({ token, invitation }: { token: string; invitation: InvitationLink }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const queries = useQueryClient()
  const other = useSession().data?.person.name
  const checks = useChecks()
  const comeIn = useComeIn()
  const form = useForm({
    start: { name: invitation.name, password: '' },
    check: { name: checks.name, password: checks.newPassword },
    send: async ({ name, password }) => {
      try {
        await acceptInvitation(token, name.trim(), password, currentLanguage())
      } catch (error) {
        // Withdrawn while the page stood open: the page says so.
        if (error instanceof Refusal && error.code === 'link_expired')
          void queries.resetQueries({ queryKey: ['invitation-link'] })
        throw error
      }
      await comeIn()
    },
  })
  const { workspace, email, role, teams, invited_by } = invitation
  return (
    <DoorPage title={t`Join ${workspace.name}`}>
      <p className="text-pretty text-second text-text2">
        {invited_by ? t`${invited_by} invites you.` : t`You are invited.`}{' '}
        {t`The invitation holds until ${format.moment(new Date(invitation.expires_at))}.`}
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 rounded-card border border-line bg-surface p-4 text-second">
        <dt className="text-text3">{t`E-mail`}</dt>
        <dd className="[overflow-wrap:anywhere]">{email}</dd>
        <dt className="text-text3">{t`Role`}</dt>
        <dd>
          {i18n._(roleNames[role])}
          <span className="block text-meta text-text3">{i18n._(roleRights[role])}</span>
        </dd>
        {teams.length > 0 ? (
          <>
            <dt className="text-text3">{t`Teams`}</dt>
            <dd>{teams.map((team) => team.name).join(', ')}</dd>
          </>
        ) : null}
      </dl>
      {other ? (
        <Banner
          title={t`You are signed in as ${other}.`}
        >{t`This browser changes to the new account.`}</Banner>
      ) : null}
      <form {...form.props} aria-label={t`Accept the invitation`} className="flex flex-col gap-3.5">
        {/* For password managers, which keep the address with the password. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <Field label={t`Your name`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoFocus={!invitation.name} name="name" autoComplete="name" />
        </Field>
        <PasswordField
          {...form.field('password')}
          label={t`Password`}
          name="password"
          autoComplete="new-password"
          autoFocus={Boolean(invitation.name)}
          hint={<StrengthHint password={form.values.password} personal={[form.values.name, email]} />}
          error={form.problem('password')}
        />
        <FormFailure form={form} />
        <Button type="submit" variant="ink" size="footer" busy={form.busy} disabledReason={form.waiting}>
          {t`Accept and sign in`}
        </Button>
      </form>
    </DoorPage>
  )
}
