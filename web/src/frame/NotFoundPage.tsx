import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'

/** For an address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useLingui()
  return (
    <EmptyState
      className="m-auto"
      title={t`There is no page at this address.`}
      action={
        <Link to="/" className={buttonClass({ variant: 'ink' })}>
          {t`Open the inbox`}
        </Link>
      }
    />
  )
}
