import { useLingui } from '@lingui/react/macro'
import { EmptyState } from '../ui/EmptyState'
import { Mark } from '../ui/Mark'

/** Kontor opens with a link that carries a token; this page says where to find one. */
export function SignInPage() {
  const { t } = useLingui()
  return (
    <main className="flex h-full flex-col items-center justify-center">
      <Mark size={40} />
      <EmptyState title={t`You are signed out.`}>
        {t`Open the sign-in link that Kontor wrote when it started, or ask your administrator for a new one.`}
      </EmptyState>
    </main>
  )
}
