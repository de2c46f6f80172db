import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useId } from 'react'
import { IconButton } from '../../ui/IconButton'
import { client } from '../client'
import { type Fault, type FaultKind, faultKinds } from '../model'
import { useDoing } from '../useDoing'
import { useWorld } from '../useWorld'
import { FaultRow } from './FaultRow'

/** Troubles that Meta can make. What a program has set with a filter of its own is listed below. */
export function FaultsPanel() {
  const { t } = useLingui()
  const faults = useWorld((world) => world.faults)
  const { failure, attempt } = useDoing()
  const titleId = useId()
  const names = useFaultNames()
  const own = new Map<string, Fault>()
  for (const fault of faults) if (!fault.match && !own.has(fault.kind)) own.set(fault.kind, fault)
  const others = faults.filter((fault) => own.get(fault.kind) !== fault)

  return (
    <section aria-labelledby={titleId} className="border-line border-b px-4.5 py-3">
      <h2 id={titleId} className="mb-1 font-semibold text-second">{t`Faults`}</h2>
      {faultKinds.map((kind) => (
        <FaultRow
          key={kind}
          kind={kind}
          name={names[kind]}
          fault={own.get(kind) ?? null}
          onWish={(wish) =>
            attempt(async () => {
              const before = own.get(kind)
              if (before) await client.removeFault(before.id)
              if (wish) await client.addFault(wish)
            })
          }
        />
      ))}
      {others.length > 0 ? (
        <ul aria-label={t`Set by a program`} className="mt-1 border-line border-t pt-1">
          {others.map((fault) => (
            <li key={fault.id} className="flex items-center gap-2 text-second text-text2">
              <span className="min-w-0 flex-1 break-words">
                {names[fault.kind as FaultKind] ?? fault.kind}{' '}
                <span className="font-mono text-meta">{[fault.code || '', fault.match].join(' ')}</span>
              </span>
              <IconButton
                name={t`End this fault`}
                icon={<X size={15} />}
                className="size-7"
                onClick={() => attempt(() => client.removeFault(fault.id))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      {failure ? (
        <p role="alert" className="text-bad text-meta">
          {t`Not changed: ${failure}`}
        </p>
      ) : null}
    </section>
  )
}

function useFaultNames(): Record<FaultKind, string> {
  const { t } = useLingui()
  return {
    double_webhook: t`Double webhooks`,
    refuse: t`Refuse calls`,
    fail_message: t`Fail messages after accepting`,
    lose_answer: t`Lose the answer after accepting`,
    drop_webhook: t`Drop webhooks`,
    delay: t`Delay answers`,
    reorder_webhook: t`Reorder webhooks`,
  }
}
