import { useLingui } from '@lingui/react/macro'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { PasskeysPart } from './PasskeysPart'
import { PasswordPart } from './PasswordPart'
import { ProfilePart } from './ProfilePart'
import { SessionsPart } from './SessionsPart'
import { SignOnPart } from './SignOnPart'
import { TwoStepPart } from './TwoStepPart'
import { useMyAccount } from './useMyAccount'

/** The person's own name, language, appearance, and every way in which they come in. */
export function MePanel() {
  const { t } = useLingui()
  const account = useMyAccount()
  return (
    <Panel title={t`My account`}>
      {account.isPending ? <SkeletonRows count={4} avatar={false} rowClassName="h-28" /> : null}
      {account.isError && !account.data ? (
        <LoadFailed error={account.error} busy={account.isFetching} onRetry={() => account.refetch()} />
      ) : null}
      {account.data ? (
        <div>
          <ProfilePart account={account.data} />
          <PasswordPart account={account.data} />
          <TwoStepPart account={account.data} />
          <PasskeysPart account={account.data} />
          <SignOnPart account={account.data} />
          <SessionsPart />
        </div>
      ) : null}
    </Panel>
  )
}
