import { useLingui } from '@lingui/react/macro'
import { Ban, Check, CircleCheck, MegaphoneOff, Smartphone, WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../ui/cn'
import type { CustomerPatch } from '../client'
import type { Customer } from '../model'

interface StateChipsProps {
  customer: Customer
  reads: boolean
  onReads: (reads: boolean) => void
  onPatch: (patch: CustomerPatch) => void
}

/** What the phone is like. Each chip is a switch; a sign stands on those that are on. */
export function StateChips({ customer, reads, onReads, onPatch }: StateChipsProps) {
  const { t } = useLingui()
  const { offline, blocked, usernameOnly, optedOut, notOnWhatsApp } = customer
  return (
    <fieldset className="flex flex-wrap justify-center gap-1.5">
      <legend className="sr-only">{t`State of the phone`}</legend>
      <StateChip
        on={!offline}
        look={offline ? 'border-transparent bg-warn-tint text-warn' : 'border-transparent bg-ok-tint text-ok'}
        icon={offline ? <WifiOff {...small} /> : <CircleCheck {...small} />}
        onChange={(online) => onPatch({ online })}
      >
        {offline ? t`Offline` : t`Online`}
      </StateChip>
      <StateChip on={reads} icon={reads ? <Check {...small} /> : null} onChange={onReads}>
        {t`Reads at once`}
      </StateChip>
      <StateChip
        on={blocked}
        look={blocked ? 'border-transparent bg-bad-tint text-bad' : undefined}
        icon={blocked ? <Ban {...small} /> : null}
        onChange={(next) => onPatch({ blocked: next })}
      >
        {blocked ? t`Blocked` : t`Block`}
      </StateChip>
      <StateChip
        on={usernameOnly}
        icon={usernameOnly ? <Check {...small} /> : null}
        onChange={(next) => onPatch({ username_only: next })}
      >
        {t`No phone number`}
      </StateChip>
      <StateChip
        on={optedOut}
        look={optedOut ? 'border-transparent bg-warn-tint text-warn' : undefined}
        icon={optedOut ? <MegaphoneOff {...small} /> : null}
        onChange={(next) => onPatch({ opted_out_marketing: next })}
      >
        {t`No marketing`}
      </StateChip>
      <StateChip
        on={notOnWhatsApp}
        look={notOnWhatsApp ? 'border-transparent bg-bad-tint text-bad' : undefined}
        icon={notOnWhatsApp ? <Smartphone {...small} /> : null}
        onChange={(next) => onPatch({ not_on_whatsapp: next })}
      >
        {t`Not on WhatsApp`}
      </StateChip>
    </fieldset>
  )
}

interface StateChipProps {
  on: boolean
  look?: string
  icon: ReactNode
  onChange: (on: boolean) => void
  children: ReactNode
}

function StateChip({ on, look, icon, onChange, children }: StateChipProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      onClick={() => onChange(!on)}
      className={cn(
        'inline-flex min-h-6 items-center gap-1 rounded-full border px-2.5 text-meta transition-colors hover:border-line-strong pointer-coarse:min-h-11',
        on ? 'border-transparent bg-ink-tint text-text' : 'border-line-strong text-text2',
        look,
      )}
    >
      {icon}
      {children}
    </button>
  )
}

const small = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
