import { useLingui } from '@lingui/react/macro'
import { Hourglass, Lock } from 'lucide-react'
import { cn } from './cn'
import { timeLeft } from './timeLeft'

const looks = {
  calm: '',
  soon: 'font-semibold text-warn',
  last: 'font-semibold text-bad',
  closed: '',
} as const

interface WindowCountdownProps {
  /** From useMinute, or from the sandbox's clock. */
  now: Date
  /** When the window closes; null when the customer never wrote. */
  until: Date | null
  /** `long` says hours and minutes and the word "left", as in the header of a conversation. */
  form?: 'short' | 'long'
  className?: string
}

/** How long free text is still allowed; afterwards only a template may be sent. */
export function WindowCountdown({ now, until, form = 'short', className }: WindowCountdownProps) {
  const { t } = useLingui()
  const { hours, minutes, urgency } = timeLeft(now, until)
  const size = form === 'long' ? 15 : 13

  if (urgency === 'closed') {
    return (
      <span className={cn('inline-flex items-center gap-1 text-text3', className)}>
        <Lock aria-hidden size={size} strokeWidth={2} className="shrink-0" />
        {t`Template only`}
      </span>
    )
  }

  // No-break spaces tie each number to its unit.
  const whole =
    hours === 0
      ? t`${minutes} min`
      : form === 'short' && urgency === 'calm'
        ? t`${hours} h`
        : t`${hours} h ${minutes} min`
  return (
    <span
      className={cn(
        'figures inline-flex items-center gap-1 whitespace-nowrap',
        form === 'long' ? 'text-ok' : 'text-text3',
        looks[urgency],
        className,
      )}
    >
      <Hourglass aria-hidden size={size} strokeWidth={2} className="shrink-0" />
      {form === 'long' ? (
        t`${whole} left`
      ) : (
        <>
          <span className="sr-only">{t`Window closes in`} </span>
          {whole}
        </>
      )}
    </span>
  )
}
