import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRefusalWords } from '../errors/refusals'
import { Banner } from '../ui/Banner'
import { Button, buttonClass } from '../ui/Button'
import { DoorPage } from './DoorPage'

interface LinkFailureProps {
  error: unknown
  busy: boolean
  onRetry: () => void
}

/** A link could not be read: the server is away, or was asked too often. */
export function LinkFailure({ error, busy, onRetry }: LinkFailureProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  return (
    <DoorPage title={t`The link could not be read`}>
      <Banner
        tone="warn"
        action={
          <Button size="small" onClick={onRetry} busy={busy}>
            {t`Try again`}
          </Button>
        }
      >
        {words(error).text}
      </Banner>
    </DoorPage>
  )
}

/** A link that was used, withdrawn or has expired: what it was, and how to get another. */
export function DeadLink({ children, action }: { children: ReactNode; action?: ReactNode }) {
  const { t } = useLingui()
  return (
    <DoorPage title={t`This link no longer works`}>
      <p className="text-pretty">{children}</p>
      <div className="flex flex-wrap gap-2">
        {action}
        <Link to="/signin" className={buttonClass({ variant: action ? 'outline' : 'ink', size: 'footer' })}>
          {t`Sign in`}
        </Link>
      </div>
    </DoorPage>
  )
}
