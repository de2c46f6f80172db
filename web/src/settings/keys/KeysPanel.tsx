import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, Hourglass, Plus } from 'lucide-react'
import { useState } from 'react'
import { getKeys, type Key } from '../../api/settings'
import { useFormat } from '../../i18n/format'
import { rightNames, rightsOf, roleNames } from '../../signin/roles'
import { Button } from '../../ui/Button'
import { Chip } from '../../ui/Chip'
import { EmptyState } from '../../ui/EmptyState'
import { SkeletonRows } from '../../ui/Skeleton'
import { useMinute } from '../../ui/useMinute'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { expiryState } from './expiry'
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
  const { t } = useLingui()
  return (
    <ul aria-label={t`API keys`} className="max-w-200 border-line-strong border-t">
      {keys.map((key) => (
        <KeyRow key={key.key_id} apiKey={key} onRevoke={onRevoke} />
      ))}
    </ul>
  )
}

function KeyRow({ apiKey, onRevoke }: { apiKey: Key; onRevoke: (key: Key) => void }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const { name, hint, role, rights, created_at, expires_at, last_used_at } = apiKey
  const state = expiryState(expires_at, now)
  const fewer = rights.length < rightsOf[role].length
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <div className="min-w-0 flex-1 basis-44">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 font-semibold text-ui">
          <span className="[overflow-wrap:anywhere]">{name}</span>
          {state === 'over' ? (
            <Chip tone="bad" icon={<CircleAlert {...icon} />} className="font-normal">{t`expired`}</Chip>
          ) : null}
          {state === 'soon' ? (
            <Chip tone="warn" icon={<Hourglass {...icon} />} className="font-normal">{t`expires soon`}</Chip>
          ) : null}
        </p>
        <p className="text-meta text-text3">
          <span className="font-mono">…{hint}</span>
          {' · '}
          {i18n._(roleNames[role])}
          {' · '}
          {t`made ${format.moment(new Date(created_at ?? 0))}`}
        </p>
        <p className="text-meta text-text3">
          {expires_at ? t`holds until ${format.moment(new Date(expires_at))}` : t`holds until it is revoked`}
          {' · '}
          {last_used_at ? t`last used ${format.recent(new Date(last_used_at), now)}` : t`not used yet`}
        </p>
        {fewer ? (
          <p className="text-meta text-text3">
            {t`Only: ${rights.map((right) => (rightNames[right] ? i18n._(rightNames[right]) : right)).join('; ')}`}
          </p>
        ) : null}
      </div>
      <Button size="small" variant="quiet" aria-label={t`Revoke ${name}`} onClick={() => onRevoke(apiKey)}>
        {t`Revoke`}
      </Button>
    </li>
  )
}
