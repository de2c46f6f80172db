import { useLingui } from '@lingui/react/macro'
import { CircleAlert, FileText, ImageOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Dialog } from '../../ui/Dialog'
import { VoicePlayer } from '../../ui/VoicePlayer'
import type { Media, MediaKind } from '../model'

interface MediaViewProps {
  kind: MediaKind
  media: Media
  /** When a voice message is heard for the first time. */
  onPlay?: () => void
}

/** A picture, film, voice message, document or sticker inside a bubble; the caption stands below, by the caller. */
export function MediaView({ kind, media, onPlay }: MediaViewProps) {
  const { t } = useLingui()
  if (!media.url) return <Missing icon={<ImageOff size={18} />}>{t`The file is not here yet.`}</Missing>
  switch (kind) {
    case 'image':
      return <Picture url={media.url} caption={media.caption} />
    case 'sticker':
      return <Sticker url={media.url} />
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions
        <video
          src={media.url}
          controls
          preload="metadata"
          aria-label={t`Video`}
          className="max-h-72 w-full rounded-field bg-sunken"
        />
      )
    case 'audio':
      return (
        <VoicePlayer
          src={media.url}
          levels={levelsOf(media.url)}
          onPlay={onPlay}
          className="w-54 min-w-0 max-w-full"
        />
      )
    case 'document':
      return <Document media={media} url={media.url} />
  }
}

function Missing({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-center gap-2 rounded-field bg-sunken px-3 py-2.5 text-second text-text2">
      <span aria-hidden>{icon}</span>
      {children}
    </p>
  )
}

function Picture({ url, caption }: { url: string; caption: string }) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const [broken, setBroken] = useState(false)
  if (broken) return <Missing icon={<CircleAlert size={18} />}>{t`This picture cannot be shown.`}</Missing>
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={caption ? t`Open picture: ${caption}` : t`Open picture`}
        className="focus-inside -mx-2 block overflow-hidden rounded-field"
      >
        <img
          src={url}
          alt=""
          loading="lazy"
          onError={() => setBroken(true)}
          className="max-h-80 min-h-16 w-full bg-sunken object-cover"
        />
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t`Picture`} className="sm:w-fit sm:max-w-[90vw]">
        <img src={url} alt={caption} className="mx-auto max-h-[70dvh] max-w-full object-contain" />
        {caption ? <p className="mt-3 text-second text-text2">{caption}</p> : null}
      </Dialog>
    </>
  )
}

function Sticker({ url }: { url: string }) {
  const { t } = useLingui()
  return <img src={url} alt={t`Sticker`} loading="lazy" className="size-32 object-contain" />
}

function Document({ media, url }: { media: Media; url: string }) {
  const { t } = useLingui()
  const name = media.filename || t`Document`
  const ending = /\.([a-z0-9]{1,5})$/i.exec(media.filename)?.[1] ?? media.mimeType.split(/[/;]/)[1] ?? ''
  return (
    <a
      href={url}
      download={media.filename || true}
      className="focus-inside flex items-center gap-2.5 rounded-field bg-sunken px-3 py-2.5 hover:bg-hover"
    >
      <FileText aria-hidden size={20} strokeWidth={1.75} className="shrink-0" />
      <span className="min-w-0">
        <span className="block break-words font-semibold text-second">{name}</span>
        {ending ? <span className="block text-meta text-text2">{ending.toUpperCase()}</span> : null}
      </span>
    </a>
  )
}

/** Fewer bars than the player draws by itself, so that they fit a phone: calm, and always the same for a file. */
function levelsOf(url: string): number[] {
  let state = 7
  for (const letter of url) state = (state * 31 + (letter.codePointAt(0) ?? 0)) % 65_521
  return Array.from({ length: 20 }, () => {
    state = (state * 75 + 74) % 65_537
    return state / 65_537
  })
}
