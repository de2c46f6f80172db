import { useLingui } from '@lingui/react/macro'
import { CircleAlert, FileText, Mic, SendHorizontal, Trash2, X } from 'lucide-react'
import { type ReactNode, useId, useRef, useState } from 'react'
import { useFormat } from '../../i18n/format'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { Spinner } from '../../ui/Spinner'
import { Textarea } from '../../ui/Textarea'
import type { Message } from '../model'
import { writeText } from '../taps'
import { AttachMenu } from './AttachMenu'
import { type Attachment, writeFile } from './attachments'
import { usePhone } from './PhoneContext'
import { canRecord, useRecorder } from './useRecorder'
import { useSummary } from './useSummary'

interface ComposerProps {
  number: string
  quote: Message | null
  onUnquote: () => void
  failure: string
  /** What helps when writing is locked, as a button. */
  unlock: ReactNode
}

/** Where the customer writes. What was typed stays until it went out. */
export function Composer({ number, quote, onUnquote, failure, unlock }: ComposerProps) {
  const { t } = useLingui()
  const { locked, write } = usePhone()
  const [draft, setDraft] = useState('')
  const [attachment, setAttachment] = useState<Attachment | null>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const failureId = useId()
  const recorder = useRecorder((file) => send({ kind: 'audio', file, voice: true }))
  const something = draft.trim() !== '' || attachment !== null

  async function send(file: Attachment | null = attachment) {
    if (busy || locked || (!file && draft.trim() === '')) return
    setBusy(true)
    const went = file
      ? await write(writeFile(number, file, draft.trim(), quote?.id), file.file)
      : await write(writeText(number, draft.trim(), quote?.id))
    setBusy(false)
    if (!went) return
    // A voice message goes out beside the draft, which stays.
    if (!file?.voice) setDraft('')
    setAttachment(null)
    onUnquote()
    field.current?.focus()
  }

  if (locked) {
    return (
      <div className="flex flex-col items-start gap-2 border-line border-t border-dashed bg-sunken px-3 py-2.5">
        <p className="text-second text-text2">{draft ? t`${locked} What was typed is kept.` : locked}</p>
        {unlock}
      </div>
    )
  }

  return (
    <div className="bg-thread px-3 pt-1 pb-3">
      {failure ? (
        <p id={failureId} role="alert" className="mb-1.5 flex gap-1.5 text-bad text-meta">
          <CircleAlert aria-hidden size={13} strokeWidth={2} className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">{t`Not sent: ${failure}`}</span>
        </p>
      ) : null}
      {recorder.state.is === 'refused' ? (
        <p role="alert" className="mb-1.5 text-meta text-warn">
          {t`The microphone was not allowed. Attach an audio file instead.`}
        </p>
      ) : null}
      {quote ? <QuoteStrip message={quote} onRemove={onUnquote} /> : null}
      {attachment ? <FileStrip file={attachment.file} onRemove={() => setAttachment(null)} /> : null}
      {recorder.state.is === 'recording' ? (
        <Recording seconds={recorder.state.seconds} onDiscard={recorder.discard} onSend={recorder.finish} />
      ) : (
        <form
          className="flex items-end gap-1.5"
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
        >
          <div className="relative min-w-0 flex-1">
            <Textarea
              ref={field}
              value={draft}
              aria-label={attachment ? t`Caption` : t`Message`}
              aria-describedby={failure ? failureId : undefined}
              placeholder={attachment ? t`Caption` : t`Message`}
              onChange={(event) => setDraft(event.target.value)}
              onKeyDown={(event) => {
                if (event.nativeEvent.isComposing || event.keyCode === 229) return
                if (event.key !== 'Enter' || event.shiftKey) return
                event.preventDefault()
                send()
              }}
              className="max-h-[6lh] rounded-[1.25rem] py-2 pr-11 pl-3.5 pointer-coarse:min-h-11"
            />
            <div className="absolute right-1 bottom-1">
              <AttachMenu onFile={setAttachment} />
            </div>
          </div>
          {something || !canRecord() ? (
            <RoundButton
              type="submit"
              name={t`Send`}
              busy={busy}
              off={!something}
              icon={<SendHorizontal aria-hidden size={18} strokeWidth={1.75} />}
            />
          ) : (
            <RoundButton
              name={t`Record a voice message`}
              busy={busy || recorder.state.is === 'asking'}
              onClick={recorder.start}
              icon={<Mic aria-hidden size={18} strokeWidth={1.75} />}
            />
          )}
        </form>
      )}
    </div>
  )
}

interface RoundButtonProps {
  name: string
  icon: ReactNode
  busy?: boolean
  off?: boolean
  type?: 'submit' | 'button'
  onClick?: () => void
}

function RoundButton({ name, icon, busy = false, off = false, type = 'button', onClick }: RoundButtonProps) {
  return (
    <IconButton
      name={name}
      type={type}
      onClick={busy ? undefined : onClick}
      aria-busy={busy || undefined}
      aria-disabled={busy || off || undefined}
      icon={busy ? <Spinner size={18} /> : icon}
      className={cn(
        'size-10 rounded-full bg-ink text-on-ink hover:bg-ink-hover hover:text-on-ink',
        off && 'bg-sunken text-text3 hover:bg-sunken hover:text-text3',
      )}
    />
  )
}

function QuoteStrip({ message, onRemove }: { message: Message; onRemove: () => void }) {
  const { t } = useLingui()
  const summary = useSummary()
  return (
    <Strip onRemove={onRemove} remove={t`Do not answer this message`}>
      <span className="block border-ink border-l-3 pl-2">
        <span className="sr-only">{t`Answer to:`} </span>
        <span dir="auto" className="line-clamp-2">
          {summary(message.content)}
        </span>
      </span>
    </Strip>
  )
}

function FileStrip({ file, onRemove }: { file: File; onRemove: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <Strip onRemove={onRemove} remove={t`Remove file`}>
      <span className="flex items-center gap-2">
        <FileText aria-hidden size={18} strokeWidth={1.75} className="shrink-0" />
        <span className="min-w-0 flex-1 truncate" title={file.name}>
          {file.name}
        </span>
        <span className="figures shrink-0">{format.bytes(file.size)}</span>
      </span>
    </Strip>
  )
}

function Strip({
  children,
  onRemove,
  remove,
}: {
  children: ReactNode
  onRemove: () => void
  remove: string
}) {
  return (
    <div className="mb-1.5 flex items-center gap-1 rounded-field border border-line bg-surface py-1 pr-1 pl-2.5 text-meta text-text2">
      <div className="min-w-0 flex-1">{children}</div>
      <IconButton name={remove} onClick={onRemove} icon={<X size={15} />} className="size-6" />
    </div>
  )
}

interface RecordingProps {
  seconds: number
  onDiscard: () => void
  onSend: () => void
}

function Recording({ seconds, onDiscard, onSend }: RecordingProps) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <div className="flex items-center gap-2">
      <IconButton
        name={t`Discard recording`}
        onClick={onDiscard}
        icon={<Trash2 size={18} strokeWidth={1.75} />}
      />
      <p role="status" className="flex flex-1 items-center gap-2 text-second text-text2">
        <span aria-hidden className="size-2.5 animate-breathe rounded-full bg-bad-solid" />
        {t`Recording`}
        <span aria-hidden className="figures ml-auto">
          {format.duration(seconds)}
        </span>
      </p>
      <RoundButton
        name={t`Send voice message`}
        onClick={onSend}
        icon={<SendHorizontal aria-hidden size={18} strokeWidth={1.75} />}
      />
    </div>
  )
}
