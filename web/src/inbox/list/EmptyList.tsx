import { useLingui } from '@lingui/react/macro'
import type { Tab } from '../../api/types'
import { useKeys } from '../../keys/keymap'
import { Button, buttonClass } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { useCounts } from '../data/queries'
import { sandboxAddress } from '../sandbox'

interface EmptyListProps {
  tab: Tab
  onTab: (tab: Tab) => void
}

/** What would be in this list, and where something is. */
export function EmptyList({ tab, onTab }: EmptyListProps) {
  const { t } = useLingui()
  const snooze = useKeys('snooze') ?? 'S'
  const counts = useCounts().data
  const sandbox = sandboxAddress()
  const nothing = counts && counts.all + counts.closed === 0

  if (nothing) {
    return (
      <EmptyState
        className="my-auto"
        title={t`Nobody has written yet.`}
        action={
          sandbox ? (
            <a href={sandbox} target="_blank" rel="noopener" className={buttonClass({ variant: 'ink' })}>
              {t`Open the sandbox phone`}
            </a>
          ) : null
        }
      >
        {sandbox
          ? t`Write a message on the sandbox phone, as a customer would: it appears here at once.`
          : t`What customers write to your number appears here at once.`}
      </EmptyState>
    )
  }
  if (tab === 'closed') return <EmptyState className="my-auto" title={t`Nothing is resolved yet.`} />
  if (tab === 'later') {
    return (
      <EmptyState className="my-auto" title={t`Nothing is put away.`}>
        {t`${snooze} puts a conversation away until a moment, or until the customer writes.`}
      </EmptyState>
    )
  }
  if (tab === 'mine' && counts && counts.unassigned > 0) {
    return (
      <EmptyState
        className="my-auto"
        title={t`You have no conversation.`}
        action={<Button variant="ink" onClick={() => onTab('unassigned')}>{t`See unassigned`}</Button>}
      >
        {t`Claim one that nobody has.`}
      </EmptyState>
    )
  }
  return (
    <EmptyState className="my-auto" title={t`All answered.`}>
      {t`New conversations appear here.`}
    </EmptyState>
  )
}
