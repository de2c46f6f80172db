import { useLingui } from '@lingui/react/macro'
import type { BusinessNumber } from '../../api/types'
import { formatPhone } from '../../i18n/phone'
import { clockNow } from '../../ui/clock'
import { useMinute } from '../../ui/useMinute'
import { NumberState } from './NumberState'
import { NumberUsage } from './NumberUsage'
import { ResumeButton } from './ResumeButton'
import { qualityOf } from './words'

/** One business number and what WhatsApp says of it. */
export function NumberEntry({ number }: { number: BusinessNumber }) {
  const { t, i18n } = useLingui()
  useMinute()
  const stands = number.state === 'stopped' || new Date(number.paused_until ?? 0).getTime() > clockNow()
  const quality = qualityOf(number.quality)
  return (
    <li className="rounded-card border border-line bg-surface px-4.5 py-3.5">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold text-name [overflow-wrap:anywhere]">
          {number.verified_name || number.display_phone}
        </h3>
        <span className="figures text-second text-text2">
          {formatPhone(number.display_phone.replace(/\D/g, ''))}
        </span>
      </div>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <NumberState number={number} />
        </div>
        {stands ? <ResumeButton number={number} /> : null}
      </div>
      <NumberUsage number={number} />
      <dl className="mt-3 grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-x-4 gap-y-2.5">
        <Fact name={t`Quality`}>{quality ? i18n._(quality) : number.quality || '—'}</Fact>
        <Fact name={t`Speed`}>
          {number.throughput === 'HIGH'
            ? t`${i18n.number(1000)} messages a second`
            : t`${i18n.number(80)} messages a second`}
        </Fact>
      </dl>
      <p className="mt-2.5 font-mono text-meta text-text3 [overflow-wrap:anywhere]">
        {t`Phone number id ${number.phone_number_id}`} · {t`account ${number.waba_id}`}
      </p>
    </li>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-meta text-text3">{name}</dt>
      <dd className="figures text-second">{children}</dd>
    </div>
  )
}
