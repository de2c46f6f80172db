import { useLingui } from '@lingui/react/macro'
import { AudioLines, File as FileIcon, Mic, RotateCw, Video, X } from 'lucide-react'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { IconButton } from '../../ui/IconButton'
import { VoicePlayer } from '../../ui/VoicePlayer'
import { fileAddress } from '../cards/file'
import { type Attachment, useShelf, VoiceFault } from '../data/shelf'
import { toBars } from '../voice/levels'

/** The files that will be sent, with how much of each has arrived. */
export function Attachments({ files }: { files: readonly Attachment[] }) {
  const { t } = useLingui()
  return (
    <ul aria-label={t`Files to send`} className="flex max-h-48 flex-col gap-1 overflow-y-auto p-2 pb-0">
      {files.map((file) => (
        <OneFile key={file.id} file={file} />
      ))}
    </ul>
  )
}

function OneFile({ file }: { file: Attachment }) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const shelf = useShelf()
  const { id, name, size, kind, progress, media, error, voice } = file
  const picture = voice ? undefined : (file.preview ?? pictureOf(file))
  const heard = voice ? (file.preview ?? fileAddress(media)) : undefined
  const shown = voice ? t`Voice message` : name || (kind === 'image' ? t`Picture` : t`File`)
  return (
    <li className="flex items-center gap-2.5 rounded-control bg-sunken p-1.5 pl-2">
      {picture ? (
        <img src={picture} alt="" className="size-11 shrink-0 rounded-key object-cover" />
      ) : (
        <span className="flex size-11 shrink-0 items-center justify-center text-ink">
          {voice ? <Mic aria-hidden size={20} strokeWidth={1.75} /> : <KindIcon kind={kind} />}
        </span>
      )}
      <div className="min-w-0 flex-1">
        {heard && voice ? (
          <VoicePlayer
            src={heard}
            seconds={voice.seconds}
            levels={voice.levels.length > 0 ? toBars(voice.levels) : undefined}
            className="min-w-0"
          />
        ) : (
          <p className="truncate font-semibold text-second" title={shown}>
            {shown}
          </p>
        )}
        {error ? (
          <p role="alert" className="text-bad text-meta">
            {error instanceof VoiceFault
              ? t`This browser could not make a voice message of it. Try again, or use another browser.`
              : words(error).text}
          </p>
        ) : media ? (
          <p className="figures text-meta text-text2">{size > 0 ? format.bytes(size) : t`Ready`}</p>
        ) : (
          <div className="flex items-center gap-2 text-meta text-text2">
            <progress
              value={progress}
              aria-label={t`Upload of ${shown}`}
              className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-ink [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-ink"
            />
            <span className="figures whitespace-nowrap">
              {format.percent(Math.floor(progress * 100) / 100)} · {format.bytes(size)}
            </span>
          </div>
        )}
      </div>
      {error ? (
        <IconButton
          name={t`Try again`}
          icon={<RotateCw size={15} strokeWidth={1.75} />}
          onClick={() => shelf.retry(id)}
        />
      ) : null}
      <IconButton
        name={voice ? t`Discard the voice message` : t`Take ${shown} away`}
        icon={<X size={15} strokeWidth={1.75} />}
        onClick={() => shelf.remove(id)}
      />
    </li>
  )
}

/** A picture that is in the house already, such as one whose letter was taken back. */
function pictureOf({ kind, media }: Attachment): string | undefined {
  return kind === 'image' || kind === 'sticker' ? fileAddress(media) : undefined
}

function KindIcon({ kind }: { kind: Attachment['kind'] }) {
  const Icon = kind === 'video' ? Video : kind === 'audio' ? AudioLines : FileIcon
  return <Icon aria-hidden size={20} strokeWidth={1.75} />
}
