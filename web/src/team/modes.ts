import { useLingui } from '@lingui/react/macro'
import type { RoutingRules } from '../api/desk'

type Mode = RoutingRules['mode']

export const modes: readonly Mode[] = ['manual', 'round_robin', 'least_busy']

/** How a team hands out, in two or three words. */
export function useModeNames(): Readonly<Record<Mode, string>> {
  const { t } = useLingui()
  return { manual: t`Taken by hand`, round_robin: t`In turn`, least_busy: t`To the least busy` }
}

/** The same in one sentence each. */
export function useModeSentences(): Readonly<Record<Mode, string>> {
  const { t } = useLingui()
  return {
    manual: t`New conversations wait in the queue until somebody of the team takes one.`,
    round_robin: t`New conversations go to the available people one after the other, past those whose hands are full.`,
    least_busy: t`A new conversation goes to the available person who has the fewest open ones.`,
  }
}
