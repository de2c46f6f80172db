import { useLingui } from '@lingui/react/macro'
import type { TeamRouting } from '../api/desk'
import { useFormat } from '../i18n/format'
import { useMinute } from '../ui/useMinute'

/** Whether a team is open, and when it opens again. */
export function useOpening(): (routing: Pick<TeamRouting, 'open_now' | 'opens_at'>) => string {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  return ({ open_now, opens_at }) => {
    if (open_now) return t`open now`
    if (!opens_at) return t({ message: 'closed', context: 'hours' })
    const at = new Date(opens_at)
    // Within a week the day by its name, which says more than a date.
    const day = at.getTime() - now.getTime() < 6 * 86_400_000 ? format.weekday(at) : format.date(at)
    const sameDay = at.toDateString() === now.toDateString()
    const moment = sameDay ? format.time(at) : `${day} ${format.time(at)}`
    return t`closed, opens ${moment}`
  }
}
