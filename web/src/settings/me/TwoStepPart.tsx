import { useLingui } from '@lingui/react/macro'
import { ShieldCheck, ShieldOff } from 'lucide-react'
import { useState } from 'react'
import type { MyAccount } from '../../api/accounts'
import { Button } from '../../ui/Button'
import { Chip } from '../../ui/Chip'
import { Part } from '../Part'
import { CodeDialog } from './CodeDialog'
import { TotpDialog } from './TotpDialog'

/** Below so many recovery codes somebody should make new ones. */
const few = 3

/** Codes of an authenticator app after the password. */
export function TwoStepPart({ account }: { account: MyAccount }) {
  const { t } = useLingui()
  const [open, setOpen] = useState<'on' | 'off' | 'codes' | null>(null)
  const { totp, recovery_codes_left: left } = account.security
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  return (
    <Part
      title={
        <span className="flex flex-wrap items-center gap-2">
          {t`Codes after the password`}
          {totp ? (
            <Chip tone="ok" icon={<ShieldCheck {...icon} />} className="font-normal font-sans">{t`on`}</Chip>
          ) : (
            <Chip icon={<ShieldOff {...icon} />} className="font-normal font-sans">{t`off`}</Chip>
          )}
        </span>
      }
      about={t`An authenticator app shows a new code every half minute. Whoever has only your password does not come in.`}
      action={totp ? undefined : <Button onClick={() => setOpen('on')}>{t`Switch codes on`}</Button>}
    >
      {totp ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className={left < few ? 'flex-1 basis-44 text-second text-warn' : 'flex-1 basis-44 text-second'}>
            {t`Recovery codes left: ${left}.`} {left < few ? t`Make new ones.` : null}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button size="small" onClick={() => setOpen('codes')}>{t`New recovery codes`}</Button>
            <Button size="small" variant="danger-outline" onClick={() => setOpen('off')}>
              {t`Switch codes off`}
            </Button>
          </div>
        </div>
      ) : null}
      {open === 'on' ? <TotpDialog account={account} onClose={() => setOpen(null)} /> : null}
      {open === 'off' || open === 'codes' ? <CodeDialog what={open} onClose={() => setOpen(null)} /> : null}
    </Part>
  )
}
