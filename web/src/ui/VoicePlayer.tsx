import { useLingui } from '@lingui/react/macro'
import { Pause, Play } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { useFormat } from '../i18n/format'
import { cn } from './cn'

interface VoicePlayerProps {
  src: string
  /** Length as the message says it; the file's own length replaces it once it is loaded. */
  seconds?: number
  /** Loudness 0–1, from start to end. Without it the bars are drawn from the address: calm, and always the same. */
  levels?: readonly number[]
  onPlay?: () => void
  /** The file could not be loaded. */
  onError?: () => void
  className?: string
}

const bars = 36

const speeds: readonly number[] = [1, 1.5, 2]

/**
 * A voice message. Space plays and pauses, the arrow keys on the bars move by 5 s, Home and End to the ends. One plays
 * at a time; while it does, it can be made faster.
 */
export function VoicePlayer({ src, seconds = 0, levels, onPlay, onError, className }: VoicePlayerProps) {
  const { t } = useLingui()
  const format = useFormat()
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(seconds)
  const [speed, setSpeed] = useState(1)
  const heights = levels ?? drawnFrom(src)
  const reached = length > 0 ? at / length : 0

  function toggle() {
    if (playing) {
      audio.current?.pause()
      return
    }
    // A file that cannot be played keeps the button as it was; the browser has said why in its own log.
    audio.current?.play().then(onPlay, () => setPlaying(false))
  }

  function faster() {
    const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1
    setSpeed(next)
    if (audio.current) audio.current.playbackRate = next
  }

  function seek(to: number) {
    const place = Math.min(length, Math.max(0, to))
    if (audio.current) audio.current.currentTime = place
    setAt(place)
  }

  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowLeft: at - 5, ArrowRight: at + 5, Home: 0, End: length }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    seek(to)
  }

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect()
    seek(((event.clientX - box.left) / box.width) * length)
  }

  return (
    <div className={cn('flex min-w-64 items-center gap-2.5 py-1', className)}>
      {/* biome-ignore lint/a11y/useMediaCaption: a customer's voice message has no captions */}
      <audio
        ref={audio}
        src={src}
        preload="metadata"
        onError={onError}
        onPlay={({ currentTarget }) => {
          for (const other of document.querySelectorAll('audio')) if (other !== currentTarget) other.pause()
          setPlaying(true)
        }}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => {
          const { duration } = event.currentTarget
          if (Number.isFinite(duration)) setLength(duration)
        }}
      />
      <button
        type="button"
        onClick={toggle}
        aria-label={playing ? t`Pause voice message` : t`Play voice message`}
        className="inline-flex size-8.5 shrink-0 items-center justify-center rounded-full bg-ink text-on-ink hover:bg-ink-hover pointer-coarse:size-11"
      >
        {playing ? <Pause size={15} strokeWidth={2} /> : <Play size={15} strokeWidth={2} />}
      </button>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t`Position`}
        aria-valuemin={0}
        aria-valuemax={Math.round(length)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={format.duration(at)}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        className="flex h-7 flex-1 cursor-pointer items-center gap-0.5"
      >
        {heights.map((height, bar) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={bar}
            style={{ height: `${Math.round(20 + height * 80)}%` }}
            className={cn(
              'w-0.75 flex-1 rounded-full',
              reached > 0 && bar / heights.length < reached ? 'bg-ink' : 'bg-line-strong',
            )}
          />
        ))}
      </div>
      {playing || speed > 1 ? (
        <button
          type="button"
          onClick={faster}
          aria-label={t`Speed: ${format.number(speed)} times`}
          className="figures min-h-6 min-w-8 rounded-key text-meta text-text2 hover:bg-hover hover:text-text pointer-coarse:min-h-11"
        >
          {`${format.number(speed)}×`}
        </button>
      ) : null}
      <span className="figures min-w-8 text-right text-second text-text2">
        {length > 0 || at > 0 ? format.duration(playing || at > 0 ? at : length) : null}
      </span>
    </div>
  )
}

function drawnFrom(text: string): number[] {
  let state = 7
  for (const letter of text) state = (state * 33 + (letter.codePointAt(0) ?? 0)) >>> 0
  return Array.from({ length: bars }, () => {
    state = (state * 1_103_515_245 + 12_345) >>> 0
    return ((state >>> 16) & 0xff) / 255
  })
}
