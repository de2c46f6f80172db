import { useLingui } from '@lingui/react/macro'
import { CircleCheck, OctagonX, Pause } from 'lucide-react'
import type { BusinessNumber } from '../../api/types'
import { explainNumber } from '../../errors/number'
import { useFormat } from '../../i18n/format'
import { clockNow } from '../../ui/clock'
import { useMinute } from '../../ui/useMinute'

/** Whether a number sends: sends, pauses until a time, or stands until somebody acts; and why. */
export function NumberState({ number }: { number: BusinessNumber }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const cause = explainNumber(number.state_reason)
  const until = number.paused_until ? new Date(number.paused_until) : null
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75, className: 'mt-0.5 shrink-0' } as const
  const line = 'mt-1 flex gap-1.5 text-second'

  if (number.state === 'stopped') {
    return (
      <p className={line}>
        <OctagonX {...icon} className="mt-0.5 shrink-0 text-bad" />
        <span>
          <strong className="font-semibold text-bad">{t`Does not send.`}</strong>{' '}
          {cause ? i18n._(cause.cause) : ''} {t`Nothing is lost: messages wait.`}{' '}
          {cause ? i18n._(cause.next) : ''}
        </span>
      </p>
    )
  }
  if (until && until.getTime() > clockNow()) {
    return (
      <p className={line}>
        <Pause {...icon} className="mt-0.5 shrink-0 text-warn" />
        <span>
          <strong className="font-semibold text-warn">{t`Pauses until ${format.recent(until, now)}.`}</strong>{' '}
          {cause ? i18n._(cause.cause) : ''} {t`Nothing is lost: messages wait and leave by themselves.`}
        </span>
      </p>
    )
  }
  return (
    <p className={line}>
      <CircleCheck {...icon} className="mt-0.5 shrink-0 text-ok" />
      <span>{t`Sends.`}</span>
    </p>
  )
}
