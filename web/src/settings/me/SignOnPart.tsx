import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { getSignInMethods, type MyAccount, unlinkSignOn } from '../../api/accounts'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/Toast'
import { AskDialog } from '../AskDialog'
import { Part } from '../Part'
import { LinkSignOnDialog } from './LinkSignOnDialog'
import { myAccountKey } from './useMyAccount'

/** What the server led back here with, in the address. */
const refusals: Readonly<Record<string, MessageDescriptor>> = {
  sso_taken: msg`That account lets in somebody else here already. Choose another one there.`,
  sso_linked: msg`Another account is linked already. Unlink it first.`,
  sso_domain: msg`Addresses of this kind do not come in by single sign-on. Take the account with the address of your house.`,
  sso_unverified: msg`The e-mail address is not confirmed there. Confirm it at your provider, then try again.`,
}

const failed = msg`It did not come to its end. Try again; if it stays so, tell your administrator.`

/** The single sign-on of another house: whether it lets the person in. */
export function SignOnPart({ account }: { account: MyAccount }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const sso = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods }).data?.sso
  const { sso: outcome } = useSearch({ strict: false })
  const [asking, setAsking] = useState<'link' | 'unlink' | null>(null)
  const { sign_on: linked, password, passkeys } = account.security
  if (!sso && !linked) return null
  const name = sso?.name ?? t`Single sign-on`
  const stuck = !password && passkeys === 0
  return (
    <Part
      title={t`Single sign-on`}
      about={
        linked
          ? t`Your account of “${name}” lets you in. Its second step is asked for there.`
          : t`Come in by your account of “${name}”, without a password of Kontor.`
      }
      action={
        linked ? (
          <Button
            onClick={() => setAsking('unlink')}
            disabledReason={
              stuck
                ? t`Choose a password or add a passkey first: else you could not come in any more.`
                : undefined
            }
          >
            {t`Unlink`}
          </Button>
        ) : (
          <Button onClick={() => setAsking('link')}>{t`Link an account`}</Button>
        )
      }
    >
      {outcome === 'linked' && linked ? (
        <Banner title={t`It is linked: from now on it lets you in.`} />
      ) : null}
      {outcome && outcome !== 'linked' ? (
        <Banner tone="warn" title={t`Nothing was linked.`}>
          {i18n._(refusals[outcome] ?? failed)}
        </Banner>
      ) : null}
      {asking === 'link' ? (
        <LinkSignOnDialog account={account} name={name} onClose={() => setAsking(null)} />
      ) : null}
      {asking === 'unlink' ? (
        <AskDialog
          title={t`Unlink “${name}”?`}
          description={t`It lets you in no more. You can link it anew at any time.`}
          action={t`Unlink`}
          keep={t`Keep it`}
          onDo={async () => {
            await unlinkSignOn()
            await queries.invalidateQueries({ queryKey: myAccountKey })
            toast({ text: t`Unlinked: ${name}` })
          }}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Part>
  )
}
