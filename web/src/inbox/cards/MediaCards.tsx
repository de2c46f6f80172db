import { useLingui } from '@lingui/react/macro'
import { CircleAlert, Download, File as FileIcon, Hourglass, Link2, Maximize2 } from 'lucide-react'
import { type ReactNode, useContext } from 'react'
import type { Media } from '../../api/content'
import { useFormat } from '../../i18n/format'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { VoicePlayer } from '../../ui/VoicePlayer'
import { fileAddress, fileKind } from './file'
import { type FileState, useFile } from './useFile'
import { ViewContext } from './view'

interface MediaProps {
  media: Media
  /** WhatsApp could not hand the file over. */
  failed?: boolean
}

/** Every picture has the same box, so that nothing jumps when it arrives; a click shows all of it. */
const box = '-mx-1.5 block w-72 max-w-[calc(100%+0.75rem)] overflow-clip rounded-control bg-sunken'

export function ImageCard({ media, failed }: MediaProps) {
  const { t } = useLingui()
  const view = useContext(ViewContext)
  const { src, state, onError } = useFile(media, failed)
  if (!src || state !== 'here') return <MissingFile media={media} state={state} name={t`Picture`} />
  const name = media.caption ? t`Picture: ${media.caption}` : t`Picture`
  return (
    <button
      type="button"
      onClick={() => view({ kind: 'image', media, src })}
      aria-label={t`${name}, open`}
      className={cn(box, 'focus-inside aspect-4/3')}
    >
      <img src={src} alt="" decoding="async" onError={onError} className="size-full object-cover" />
    </button>
  )
}

export function StickerCard({ media, failed }: MediaProps) {
  const { t } = useLingui()
  const { src, state, onError } = useFile(media, failed)
  if (!src || state !== 'here') return <MissingFile media={media} state={state} name={t`Sticker`} />
  return <img src={src} alt={t`Sticker`} onError={onError} className="size-32 object-contain" />
}

export function VideoCard({ media, failed }: MediaProps) {
  const { t } = useLingui()
  const view = useContext(ViewContext)
  const { src, state, onError } = useFile(media, failed)
  if (!src || state !== 'here') return <MissingFile media={media} state={state} name={t`Video`} />
  const name = media.caption ? t`Video: ${media.caption}` : t`Video`
  return (
    <div className={cn(box, 'relative aspect-4/3')}>
      {/* biome-ignore lint/a11y/useMediaCaption: a customer's video has no captions */}
      <video
        onError={onError}
        controls
        preload="metadata"
        src={src}
        aria-label={name}
        className="focus-inside size-full object-contain"
      />
      <IconButton
        name={t`${name}, open`}
        icon={<Maximize2 size={15} strokeWidth={1.75} />}
        onClick={() => view({ kind: 'video', media, src })}
        className="absolute end-1.5 top-1.5 border border-line bg-surface"
      />
    </div>
  )
}

export function AudioCard({ media, failed }: MediaProps) {
  const { t } = useLingui()
  const { src, state, onError } = useFile(media, failed)
  const name = media.voice ? t`Voice message` : t`Audio`
  if (!src || state !== 'here') return <MissingFile media={media} state={state} name={name} />
  return <VoicePlayer src={src} onError={onError} className="max-w-full" />
}

export function DocumentCard({ media, failed }: MediaProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { src, state, onSave } = useFile(media, failed)
  const name = media.filename || t`Document`
  if (!src || state !== 'here') return <MissingFile media={media} state={state} name={name} />
  const facts = [fileKind(media), media.size ? format.bytes(media.size) : ''].filter(Boolean).join(' · ')
  return (
    <a
      href={src}
      target="_blank"
      rel="noopener"
      download={media.filename || undefined}
      onClick={onSave}
      className="focus-inside -mx-1.5 flex min-w-56 items-center gap-2.5 rounded-control bg-surface/60 px-2.5 py-2 hover:bg-surface"
    >
      <FileIcon aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-ink" />
      <span className="min-w-0 flex-1">
        <span className="line-clamp-2 block font-semibold text-second [overflow-wrap:anywhere]">{name}</span>
        {facts ? <span className="figures block text-text2 text-tiny">{facts}</span> : null}
      </span>
      <Download aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
    </a>
  )
}

interface MissingFileProps {
  media: Media
  state: FileState
  name: string
}

/** A file that cannot be shown: still on its way, refused by WhatsApp, or only a link to another place. */
function MissingFile({ media, state, name }: MissingFileProps) {
  const { t } = useLingui()
  const link = 'text-info underline [overflow-wrap:anywhere]'
  if (media.link && !media.media_id && state !== 'failed') {
    return (
      <Notice icon={<Link2 size={18} strokeWidth={1.75} />} title={name}>
        <a href={media.link} target="_blank" rel="noopener noreferrer" className={link}>
          {media.link}
        </a>
      </Notice>
    )
  }
  switch (state) {
    case 'failed':
      return (
        <Notice icon={<CircleAlert size={18} strokeWidth={1.75} className="text-bad" />} title={name}>
          {t`WhatsApp did not hand the file over. Ask for it once more.`}
        </Notice>
      )
    case 'unreadable':
      return (
        <Notice icon={<FileIcon size={18} strokeWidth={1.75} />} title={name}>
          {t`This browser cannot show the file.`}{' '}
          <a href={fileAddress(media)} target="_blank" rel="noopener" download className={link}>
            {t`Save the file`}
          </a>
        </Notice>
      )
    default:
      return (
        <Notice icon={<Hourglass size={18} strokeWidth={1.75} />} title={name}>
          {t`On its way from WhatsApp. It appears here by itself.`}
        </Notice>
      )
  }
}

interface NoticeProps {
  icon: ReactNode
  title: string
  children: ReactNode
}

function Notice({ icon, title, children }: NoticeProps) {
  return (
    <div className="-mx-1.5 flex min-w-56 items-start gap-2.5 rounded-control bg-surface/60 px-2.5 py-2">
      <span aria-hidden className="mt-0.5 shrink-0 text-text2">
        {icon}
      </span>
      <div className="min-w-0 text-second">
        <p className="font-semibold [overflow-wrap:anywhere]">{title}</p>
        <p className="text-meta text-text2">{children}</p>
      </div>
    </div>
  )
}
