import { useLingui } from '@lingui/react/macro'
import { EmptyState } from '../ui/EmptyState'

/** The conversations: list, thread, person. */
export function InboxPage() {
  const { t } = useLingui()
  return (
    <EmptyState className="m-auto" title={t`All answered.`}>
      {t`New conversations of your teams appear here.`}
    </EmptyState>
  )
}
