import { useLingui } from '@lingui/react/macro'
import { useSyncExternalStore } from 'react'
import { useFormat } from '../i18n/format'
import { clockNow } from '../ui/clock'
import { useMinute } from '../ui/useMinute'
import { type Waited, waited } from './wait'

/** How long a wait is, in words and figures; with `exact` within the first hour to the second. */
export function useWaitWords(): (wait: Waited, exact?: boolean) => string {
  const { t } = useLingui()
  const format = useFormat()
  // No-break spaces tie each number to its unit.
  return (wait, exact = false) => {
    switch (wait.form) {
      case 'clock': {
        if (exact) return format.duration(wait.seconds)
        const minutes = Math.floor(wait.seconds / 60)
        return t`${minutes} min`
      }
      case 'hours': {
        const { hours, minutes } = wait
        return t`${hours} h ${minutes} min`
      }
      case 'days': {
        const { days, hours } = wait
        return days === 1 ? t`1 day ${hours} h` : t`${days} days ${hours} h`
      }
    }
  }
}

/** How long somebody has waited, stepping by the minute. */
export function Wait({ since }: { since: string }) {
  const words = useWaitWords()
  const now = useMinute()
  return <time dateTime={since}>{words(waited(new Date(since), now.getTime()))}</time>
}

/** The same, stepping by the second. It is read out when somebody comes to it, and not with every second. */
export function TickingWait({ since }: { since: string }) {
  const words = useWaitWords()
  const second = useSyncExternalStore(subscribe, () => Math.floor(clockNow() / 1000))
  const wait = waited(new Date(since), second * 1000)
  return (
    <time dateTime={since}>
      <span aria-hidden>{words(wait, true)}</span>
      <span className="sr-only">{words(wait)}</span>
    </time>
  )
}

function subscribe(changed: () => void): () => void {
  const timer = setInterval(changed, 1000)
  return () => clearInterval(timer)
}
