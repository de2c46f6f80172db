import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Cloud, KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { getPasskeys, type MyAccount, type Passkey } from '../../api/accounts'
import { useFormat } from '../../i18n/format'
import { passkeysPossible } from '../../signin/passkey'
import { Button } from '../../ui/Button'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Part } from '../Part'
import { AddPasskeyDialog } from './AddPasskeyDialog'
import { RemovePasskeyDialog } from './RemovePasskeyDialog'
import { RenamePasskeyDialog } from './RenamePasskeyDialog'

export const passkeysKey = ['my-passkeys'] as const

/** The passkeys of the person: what they are called, and when each was used. */
export function PasskeysPart({ account }: { account: MyAccount }) {
  const { t } = useLingui()
  const passkeys = useQuery({ queryKey: passkeysKey, queryFn: getPasskeys })
  const [adding, setAdding] = useState(false)
  const [naming, setNaming] = useState<Passkey | null>(null)
  const [leaving, setLeaving] = useState<Passkey | null>(null)
  return (
    <Part
      title={t`Passkeys`}
      about={t`Come in with your fingerprint, your face or the code of your device. Nothing can be guessed or given away.`}
      action={
        passkeysPossible() ? (
          <Button icon={<Plus aria-hidden size={15} strokeWidth={2} />} onClick={() => setAdding(true)}>
            {t`Add a passkey`}
          </Button>
        ) : undefined
      }
    >
      {passkeysPossible() ? null : (
        <p className="mb-2 text-second text-text2">
          {t`This browser has no passkeys here: they need an encrypted address (https).`}
        </p>
      )}
      {passkeys.isPending ? <SkeletonRows count={1} avatar={false} rowClassName="h-14" /> : null}
      {passkeys.isError ? (
        <LoadFailed error={passkeys.error} busy={passkeys.isFetching} onRetry={() => passkeys.refetch()} />
      ) : null}
      {passkeys.data?.length === 0 ? <p className="text-second text-text3">{t`You have none yet.`}</p> : null}
      {passkeys.data?.length ? (
        <ul aria-label={t`Passkeys`} className="border-line-strong border-t">
          {passkeys.data.map((passkey) => (
            <PasskeyRow
              key={passkey.passkey_id}
              passkey={passkey}
              onRename={setNaming}
              onRemove={setLeaving}
            />
          ))}
        </ul>
      ) : null}
      {adding ? <AddPasskeyDialog account={account} onClose={() => setAdding(false)} /> : null}
      {naming ? <RenamePasskeyDialog passkey={naming} onClose={() => setNaming(null)} /> : null}
      {leaving ? (
        <RemovePasskeyDialog
          passkey={leaving}
          last={passkeys.data?.length === 1 && !account.security.password}
          onClose={() => setLeaving(null)}
        />
      ) : null}
    </Part>
  )
}

interface PasskeyRowProps {
  passkey: Passkey
  onRename: (passkey: Passkey) => void
  onRemove: (passkey: Passkey) => void
}

function PasskeyRow({ passkey, onRename, onRemove }: PasskeyRowProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { name, created_at, last_used_at, backed_up } = passkey
  const Icon = backed_up ? Cloud : KeyRound
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <Icon aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
      <div className="min-w-0 flex-1 basis-44">
        <p className="font-semibold text-ui [overflow-wrap:anywhere]">{name}</p>
        <p className="text-meta text-text3">
          {last_used_at ? t`used ${format.moment(new Date(last_used_at))}` : t`not used yet`}
          {' · '}
          {t`added ${format.moment(new Date(created_at))}`}
          {' · '}
          {backed_up ? t`on all your devices` : t`on one device`}
        </p>
      </div>
      <div className="flex gap-1">
        <Button size="small" variant="quiet" aria-label={t`Rename ${name}`} onClick={() => onRename(passkey)}>
          {t`Rename`}
        </Button>
        <Button size="small" variant="quiet" aria-label={t`Remove ${name}`} onClick={() => onRemove(passkey)}>
          {t`Remove`}
        </Button>
      </div>
    </li>
  )
}
