import { useLingui } from '@lingui/react/macro'
import { Hourglass } from 'lucide-react'
import { useFormat } from '../i18n/format'
import { useMinute } from '../ui/useMinute'

/** So far behind, in ms, the index may be without a word about it. */
const late = 60_000

/** Says what cannot be found yet, while there is something. */
export function IndexingNote({ until, past }: { until: string | null; past: boolean }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const behind = until !== null && now.getTime() - new Date(until).getTime() > late
  if (!past && !behind) return null
  const since = until ? format.recent(new Date(until), now) : ''
  return (
    <p
      role="status"
      className="mx-3 mt-2 flex gap-2 rounded-field bg-info-tint px-3 py-2 text-meta text-text"
    >
      <Hourglass aria-hidden size={13} strokeWidth={2} className="mt-0.5 shrink-0 text-info" />
      <span>
        {past
          ? t`Older messages are still being read in, the newest first. Some cannot be found yet.`
          : t`What was said since ${since} cannot be found yet; it comes by itself.`}
      </span>
    </p>
  )
}
