import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { getKeys, type Key } from '../../api/settings'
import { useFormat } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { roleNames } from '../roles'
import { NewKeyDialog } from './NewKeyDialog'
import { RevokeKeyDialog } from './RevokeKeyDialog'

/** The keys with which programs speak to the API. */
export function KeysPanel() {
  const { t } = useLingui()
  const keys = useQuery({ queryKey: ['keys'], queryFn: getKeys })
  const [making, setMaking] = useState(false)
  const [leaving, setLeaving] = useState<Key | null>(null)
  const make = (
    <Button
      variant="ink"
      icon={<Plus aria-hidden size={15} strokeWidth={2} />}
      onClick={() => setMaking(true)}
    >
      {t`Make a key`}
    </Button>
  )
  return (
    <Panel title={t`API keys`} action={keys.data?.length ? make : undefined}>
      {keys.isPending ? <SkeletonRows count={3} avatar={false} rowClassName="h-14" /> : null}
      {keys.isError ? (
        <LoadFailed error={keys.error} busy={keys.isFetching} onRetry={() => keys.refetch()} />
      ) : null}
      {keys.data?.length === 0 ? (
        <EmptyState title={t`No program has a key yet.`} action={make}>
          {t`With a key your shop or your script sends messages and reads what came in.`}
        </EmptyState>
      ) : null}
      {keys.data?.length ? <KeyTable keys={keys.data} onRevoke={setLeaving} /> : null}
      {making ? <NewKeyDialog onClose={() => setMaking(false)} /> : null}
      {leaving ? <RevokeKeyDialog apiKey={leaving} onClose={() => setLeaving(null)} /> : null}
    </Panel>
  )
}

function KeyTable({ keys, onRevoke }: { keys: readonly Key[]; onRevoke: (key: Key) => void }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  return (
    <ul aria-label={t`API keys`} className="max-w-200 border-line-strong border-t">
      {keys.map((key) => (
        <li
          key={key.key_id}
          className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2"
        >
          <div className="min-w-0 flex-1 basis-44">
            <p className="font-semibold text-ui [overflow-wrap:anywhere]">{key.name}</p>
            <p className="text-meta text-text3">
              <span className="font-mono">…{key.hint}</span>
              {' · '}
              {i18n._(roleNames[key.role])}
              {' · '}
              {t`made ${format.moment(new Date(key.created_at ?? 0))}`}
            </p>
          </div>
          <Button
            size="small"
            variant="quiet"
            aria-label={t`Revoke ${key.name}`}
            onClick={() => onRevoke(key)}
          >
            {t`Revoke`}
          </Button>
        </li>
      ))}
    </ul>
  )
}
