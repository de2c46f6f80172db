import { useLingui } from '@lingui/react/macro'
import { CircleCheck, OctagonX, Pause } from 'lucide-react'
import type { Subscription } from '../../api/settings'
import { useFormat } from '../../i18n/format'
import { Chip } from '../../ui/Chip'
import { useMinute } from '../../ui/useMinute'
import { problemOf } from './words'

/** active, paused by somebody, or failing: an icon and a word. */
export function HealthChip({ state }: { state: Subscription['state'] }) {
  const { t } = useLingui()
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  switch (state) {
    case 'active':
      return (
        <Chip tone="ok" icon={<CircleCheck {...icon} />}>
          {t`Works`}
        </Chip>
      )
    case 'paused':
      return (
        <Chip tone="warn" icon={<Pause {...icon} />}>
          {t`Paused`}
        </Chip>
      )
    case 'failing':
      return (
        <Chip tone="bad" icon={<OctagonX {...icon} />}>
          {t`Failing`}
        </Chip>
      )
  }
}

/** What happened last, what waits, and what comes next, in one line. */
export function HealthLine({ subscription }: { subscription: Subscription }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const recent = (at: string) => format.recent(new Date(at), now)
  const { state, last_success_at, next_probe_at, last_error, failures, pending, dead } = subscription
  const problem = problemOf(last_error)
  const parts = [
    last_success_at ? t`last taken ${recent(last_success_at)}` : t`nothing was taken yet`,
    pending > 0 ? t`${i18n.number(pending)} wait` : '',
    dead > 0 ? t`${i18n.number(dead)} given up` : '',
  ].filter(Boolean)
  return (
    <>
      <span className="figures">{parts.join(' · ')}</span>
      {failures > 0 && state !== 'paused' ? (
        <span className="block">
          {problem ? i18n._(problem) : (last_error ?? '')}{' '}
          {state === 'failing' && next_probe_at
            ? t`Nothing is lost: events wait, and one is tried at ${recent(next_probe_at)}.`
            : t`It is tried again by itself.`}
        </span>
      ) : null}
    </>
  )
}
