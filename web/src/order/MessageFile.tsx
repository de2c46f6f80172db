import { useLingui } from '@lingui/react/macro'
import { Download, File as FileIcon, Hourglass } from 'lucide-react'
import { type Content, type Media, mediaOf } from '../api/content'
import type { Message } from '../api/types'
import { useFormat } from '../i18n/format'
import { fileKind } from '../inbox/cards/file'
import { cn } from '../ui/cn'
import { MessageText } from '../ui/MessageText'
import { VoicePlayer } from '../ui/VoicePlayer'
import { useFileOf } from './desk'
import { useSave } from './useSave'

export interface ShownFile {
  kind: 'image' | 'sticker' | 'video' | 'audio' | 'document'
  media: Media
}

/** The file of a message, or of its template's header. */
export function fileOf(content: Content): ShownFile | undefined {
  const media = mediaOf(content)
  if (media) return { kind: content.type as ShownFile['kind'], media }
  const header = content.template?.components?.find(({ type }) => type.toLowerCase() === 'header')
  const given = header?.parameters?.[0]
  if (given?.image) return { kind: 'image', media: given.image }
  if (given?.video) return { kind: 'video', media: given.video }
  if (given?.document) return { kind: 'document', media: given.document }
}

const box = '-mx-1.5 block w-72 max-w-[calc(100%+0.75rem)] overflow-clip rounded-control bg-sunken'

/** A file of an order's message, fetched as its desk can: a panel's frame has no session that an address would open. */
export function MessageFile({ message, file: { kind, media } }: { message: Message; file: ShownFile }) {
  const { t } = useLingui()
  const format = useFormat()
  // Files of documents are fetched when somebody wants them; all others are looked at.
  const here = Boolean(media.media_id)
  const shown = kind === 'document' ? undefined : (media.mime_type ?? types[kind])
  const { src, failed, again } = useFileOf(message, media, here ? shown : undefined)
  const names = {
    image: t`Picture`,
    sticker: t`Sticker`,
    video: t`Video`,
    audio: media.voice ? t`Voice message` : t`Audio`,
    document: t`Document`,
  }
  const name = media.filename || names[kind]
  const caption = media.caption ? <MessageText text={media.caption} /> : null
  if (kind === 'document' && here) {
    const facts = [fileKind(media), media.size ? format.bytes(media.size) : ''].filter(Boolean).join(' · ')
    return (
      <>
        <SaveFile message={message} media={media} name={name} facts={facts} />
        {caption}
      </>
    )
  }
  if (!src) {
    return (
      <>
        <div className={cn(box, 'flex min-h-14 items-center gap-2.5 px-2.5 py-2 text-second')}>
          <Hourglass aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
          <span className="min-w-0">
            <span className="block font-semibold [overflow-wrap:anywhere]">{name}</span>
            <span className="text-meta text-text2">
              {failed ? t`It could not be loaded.` : t`On its way. It appears here by itself.`}
            </span>
          </span>
          {failed ? (
            <button
              type="button"
              onClick={again}
              className="ml-auto rounded-key px-1 font-semibold text-info underline"
            >
              {t`Try again`}
            </button>
          ) : null}
        </div>
        {caption}
      </>
    )
  }
  const alt = media.caption ? t`Picture: ${media.caption}` : names[kind]
  return (
    <>
      {kind === 'image' ? (
        <a href={src} download={media.filename || alt} className={cn(box, 'focus-inside aspect-4/3')}>
          <img src={src} alt={alt} decoding="async" className="size-full object-cover" />
        </a>
      ) : null}
      {kind === 'sticker' ? <img src={src} alt={alt} className="size-32 object-contain" /> : null}
      {kind === 'video' ? (
        // biome-ignore lint/a11y/useMediaCaption: a customer's video has no captions
        <video
          controls
          src={src}
          aria-label={media.caption || names.video}
          className={cn(box, 'aspect-4/3 object-contain')}
        />
      ) : null}
      {kind === 'audio' ? <VoicePlayer src={src} className="max-w-full" /> : null}
      {caption}
    </>
  )
}

const types = { image: 'image/jpeg', sticker: 'image/webp', video: 'video/mp4', audio: 'audio/ogg' } as const

interface SaveFileProps {
  message: Message
  media: Media
  name: string
  facts: string
}

function SaveFile({ message, media, name, facts }: SaveFileProps) {
  const { t } = useLingui()
  const save = useSave()
  return (
    <button
      type="button"
      aria-label={t`Save ${name}`}
      onClick={() => void save(message, media, name)}
      className="focus-inside -mx-1.5 flex min-w-56 items-center gap-2.5 rounded-control bg-surface/60 px-2.5 py-2 text-left hover:bg-surface"
    >
      <FileIcon aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-ink" />
      <span className="min-w-0 flex-1">
        <span className="line-clamp-2 block font-semibold text-second [overflow-wrap:anywhere]">{name}</span>
        {facts ? <span className="figures block text-text2 text-tiny">{facts}</span> : null}
      </span>
      <Download aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
    </button>
  )
}
