import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useSearch } from '@tanstack/react-router'
import { getSignInMethods } from '../api/accounts'
import { useSession } from '../frame/session'
import { Banner } from '../ui/Banner'
import { buttonClass } from '../ui/Button'
import { DoorPage } from './DoorPage'
import { ownPath } from './place'
import { SignInForm } from './SignInForm'
import { useComeIn } from './useComeIn'

/** What the server led here with, in the address. */
const errors: Readonly<Record<string, { title: MessageDescriptor; text: MessageDescriptor }>> = {
  link_expired: {
    title: msg`This link no longer works.`,
    text: msg`A sign-in link works once, and only for a short time.`,
  },
  sso_failed: {
    title: msg`The single sign-on did not come to its end.`,
    text: msg`Nobody was signed in. Try again; if it stays so, tell your administrator.`,
  },
  sso_no_account: {
    title: msg`You are known there, but not here.`,
    text: msg`Nobody was signed in. An administrator of this house has to invite you first.`,
  },
  sso_unverified: {
    title: msg`Your e-mail address is not confirmed there.`,
    text: msg`Nobody was signed in. Confirm the address at your provider; or come in in another way and link the single sign-on to your account.`,
  },
  sso_domain: {
    title: msg`Addresses of this kind do not come in by single sign-on.`,
    text: msg`Nobody was signed in. Take the account with the address of your house.`,
  },
  sso_other: {
    title: msg`Another account of the single sign-on is linked to your address.`,
    text: msg`Nobody was signed in. Whoever runs Kontor can forget the other one.`,
  },
  sso_invited: {
    title: msg`Several houses have invited you.`,
    text: msg`Nobody was signed in. Open the link of the invitation that you want to take up.`,
  },
  sso_unavailable: {
    title: msg`The single sign-on does not answer.`,
    text: msg`Nobody was signed in. Try again in a while, or come in in another way.`,
  },
  sso_deactivated: {
    title: msg`Your account here is closed.`,
    text: msg`Nobody was signed in. Ask an administrator of this house.`,
  },
}

const unknown = {
  title: msg`The link was refused.`,
  text: msg`Nobody was signed in.`,
}

/** The way in. */
export function SignInPage() {
  const { t, i18n } = useLingui()
  const session = useSession()
  const methods = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods })
  const { error, next, reset } = useSearch({ strict: false })
  const comeIn = useComeIn(next)
  const trouble = error ? (errors[error] ?? unknown) : undefined

  if (methods.data?.setup_needed && !session.data) return <Navigate to="/setup" />
  return (
    <DoorPage title={t`Sign in to Kontor`}>
      {trouble ? (
        <Banner tone="warn" title={i18n._(trouble.title)}>
          {i18n._(trouble.text)}
        </Banner>
      ) : null}
      {reset ? <Banner title={t`The new password counts from now on.`}>{t`Sign in with it.`}</Banner> : null}
      {session.data ? (
        <>
          <p>{t`You are signed in as ${session.data.person.name}.`}</p>
          <Link to="/" className={buttonClass({ variant: 'ink', size: 'footer', className: 'self-start' })}>
            {t`Open the inbox`}
          </Link>
        </>
      ) : (
        <>
          <SignInForm next={ownPath(next)} onDone={comeIn} />
          <details className="text-second text-text2">
            <summary className="min-h-6 rounded-key">{t`No password yet?`}</summary>
            <p className="mt-1.5 text-pretty">
              {t`An administrator invites you by a link. Whoever runs Kontor also comes in with a link that this prints, on the machine where it runs:`}
            </p>
            <pre className="mt-1.5 overflow-x-auto rounded-field border border-line bg-sunken px-3 py-2.5 font-mono text-second">
              kontor signin
            </pre>
          </details>
        </>
      )}
    </DoorPage>
  )
}
