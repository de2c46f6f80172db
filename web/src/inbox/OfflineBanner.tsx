import { useLingui } from '@lingui/react/macro'
import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LiveState } from '../api/live'
import { useFormat } from '../i18n/format'
import { Banner } from '../ui/Banner'
import { useDraftCount } from './data/drafts'

/** A line that breaks and is back within this time, in ms, needs no words. */
const patience = 2_500

/** Says that nothing new comes in and nothing goes out, and that what was typed is safe. */
export function OfflineBanner({ state }: { state: LiveState }) {
  const { t } = useLingui()
  const format = useFormat()
  const drafts = useDraftCount()
  const since = state.live ? null : state.since
  const [shown, setShown] = useState(false)

  useEffect(() => {
    if (!since) {
      setShown(false)
      return
    }
    const timer = setTimeout(() => setShown(true), Math.max(0, since.getTime() + patience - Date.now()))
    return () => clearTimeout(timer)
  }, [since])

  if (!since || !shown) return null
  return (
    <Banner
      tone="warn"
      icon={<WifiOff size={18} strokeWidth={1.75} />}
      title={t`Offline since ${format.time(since)}.`}
      className="rounded-none border-x-0 border-t-0 px-4"
    >
      {drafts === 0
        ? t`Nothing new arrives until the connection is back.`
        : drafts === 1
          ? t`1 draft is kept here.`
          : t`${drafts} drafts are kept here.`}
    </Banner>
  )
}
