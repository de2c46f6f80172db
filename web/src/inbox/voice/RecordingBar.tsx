import { useLingui } from '@lingui/react/macro'
import { SendHorizontal, Square, Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useFormat } from '../../i18n/format'
import { announce } from '../../ui/announce'
import { Button } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'

interface RecordingBarProps {
  seconds: number
  /** Loudness 0 to 1, from the start until now. */
  levels: readonly number[]
  onDiscard: () => void
  /** Ends it and keeps it beside the field, to be heard first. */
  onListen: () => void
  onSend: () => void
}

/** So many of the newest levels are shown. */
const shown = 48

/** In place of the field while somebody speaks: the level as it is, the time, and what can become of it. */
export function RecordingBar({ seconds, levels, onDiscard, onListen, onSend }: RecordingBarProps) {
  const { t } = useLingui()
  const format = useFormat()
  const bar = useRef<HTMLElement>(null)

  useEffect(() => {
    announce(t`Recording. Enter sends, Escape ends it to listen first.`)
    bar.current?.focus()
  }, [t])

  const newest = levels.slice(-shown)
  const meter = [...Array.from({ length: shown - newest.length }, () => 0), ...newest]
  return (
    <section
      ref={bar}
      tabIndex={-1}
      aria-label={t`Recording`}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget && event.key !== 'Escape') return
        if (event.key !== 'Enter' && event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        if (event.key === 'Enter') onSend()
        else onListen()
      }}
      className="flex min-h-12 items-center gap-2 px-2 py-2 outline-none sm:gap-3 sm:px-3"
    >
      <IconButton
        name={t`Discard the recording`}
        icon={<Trash2 size={18} strokeWidth={1.75} />}
        onClick={onDiscard}
      />
      <span className="inline-flex items-center gap-2 text-second">
        <span aria-hidden className="size-2.5 shrink-0 rounded-full bg-bad-solid motion-safe:animate-pulse" />
        <span className="max-sm:sr-only">{t`Recording`}</span>
        <span className="figures min-w-9">{format.duration(seconds)}</span>
      </span>
      <div aria-hidden className="flex h-8 min-w-0 flex-1 items-center justify-end gap-0.5 overflow-hidden">
        {meter.map((level, place) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={place}
            style={{ height: `${Math.round(8 + level * 92)}%` }}
            className="w-0.75 shrink-0 rounded-full bg-ink"
          />
        ))}
      </div>
      <IconButton
        name={t`End and listen first`}
        keys="Esc"
        icon={<Square size={18} strokeWidth={1.75} />}
        onClick={onListen}
      />
      <Button
        variant="seal"
        onClick={onSend}
        iconEnd={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
        aria-label={t`Send the voice message`}
        className="max-sm:size-11 max-sm:rounded-full max-sm:p-0"
      >
        <span className="max-sm:hidden">{t`Send`}</span>
      </Button>
    </section>
  )
}
