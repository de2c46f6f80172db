import { useLingui } from '@lingui/react/macro'
import { useRefusalWords } from '../errors/refusals'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'

interface LoadFailedProps {
  error: unknown
  busy: boolean
  onRetry: () => void
}

/** In place of a list that could not be loaded. */
export function LoadFailed({ error, busy, onRetry }: LoadFailedProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  return (
    <Banner
      tone="warn"
      title={t`This could not be loaded.`}
      action={
        <Button size="small" onClick={onRetry} busy={busy}>
          {t`Try again`}
        </Button>
      }
    >
      {words(error).text}
    </Banner>
  )
}
