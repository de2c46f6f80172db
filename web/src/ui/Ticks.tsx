import { useLingui } from '@lingui/react/macro'
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock, Mic, Pause } from 'lucide-react'
import { cn } from './cn'

const states = {
  queued: { Icon: Clock, ink: '' },
  sent: { Icon: Check, ink: '' },
  delivered: { Icon: CheckCheck, ink: '' },
  read: { Icon: CheckCheck, ink: 'text-ok' },
  played: { Icon: Mic, ink: 'text-ok' },
  held: { Icon: Pause, ink: 'text-warn' },
  failed: { Icon: CircleAlert, ink: 'text-bad' },
  uncertain: { Icon: CircleHelp, ink: 'text-warn' },
} as const

export type TickState = keyof typeof states

interface TicksProps {
  state: TickState
  /**
   * Whether the word stands beside the sign, as on the newest message we sent. Elsewhere it is in the
   * accessible name and shows while the bubble has the focus.
   */
  word?: boolean
  className?: string
}

/** How far a message has come. */
export function Ticks({ state, word = false, className }: TicksProps) {
  const words = useTickWords()
  const { Icon, ink } = states[state]
  return (
    <span className={cn('inline-flex items-center gap-1', ink, className)}>
      <Icon
        aria-hidden
        size={state === 'delivered' || state === 'read' ? 16 : 13}
        strokeWidth={state === 'read' ? 2.75 : 2}
        className="shrink-0"
      />
      <span className={word ? undefined : 'sr-only group-focus-visible/bubble:not-sr-only'}>
        {words[state]}
      </span>
    </span>
  )
}

/** The word for each state, also for filters and for the tooltip of a list row. */
export function useTickWords(): Record<TickState, string> {
  const { t } = useLingui()
  return {
    queued: t`Waiting`,
    sent: t`Sent`,
    delivered: t`Delivered`,
    read: t`Read`,
    played: t`Played`,
    held: t`Held`,
    failed: t`Failed`,
    uncertain: t`Uncertain`,
  }
}
