import { useLingui } from '@lingui/react/macro'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'

interface ErrorPageProps {
  /** Whatever was thrown, which need not be an Error. */
  error: unknown
}

/** In place of a page that broke. What was typed elsewhere is kept by the pages themselves. */
export function ErrorPage({ error }: ErrorPageProps) {
  const { t } = useLingui()
  return (
    <div role="alert" className="m-auto">
      <EmptyState
        title={t`This page could not be shown.`}
        action={
          <Button variant="ink" onClick={() => window.location.reload()}>
            {t`Load the page again`}
          </Button>
        }
      >
        {t`Nothing was sent because of it.`}
      </EmptyState>
      <p className="px-6 text-center font-mono text-meta text-text3">
        {error instanceof Error ? error.message : String(error)}
      </p>
    </div>
  )
}
