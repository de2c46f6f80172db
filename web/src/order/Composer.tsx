import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import {
  CircleAlert,
  File as FileIcon,
  LayoutTemplate,
  Lock,
  Paperclip,
  SendHorizontal,
  X,
} from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Accepted } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { acceptedFiles, checkFile, takesCaption } from '../inbox/composer/files'
import { announce } from '../ui/announce'
import { Button } from '../ui/Button'
import { IconButton } from '../ui/IconButton'
import { Textarea } from '../ui/Textarea'
import { useMinute } from '../ui/useMinute'
import { useDesk } from './desk'
import { loadDraft, saveDraft } from './draft'
import { Templates } from './Templates'

/** Longest text, and longest words under a file (cloud-api.md 1.2), in characters. */
const longestText = 4096
const longestCaption = 1024

/** Text and a file while the window is open; afterwards a template, and what was typed stays. */
export function Composer() {
  const { t } = useLingui()
  const desk = useDesk()
  const now = useMinute()
  const open = desk.windowUntil !== null && new Date(desk.windowUntil) > now
  const [templates, setTemplates] = useState(false)
  const name = desk.order.customer.name
  useEffect(() => {
    if (open) setTemplates(false)
  }, [open])
  if (templates) return <Templates onClose={() => setTemplates(false)} />
  if (open) return <Field onTemplates={() => setTemplates(true)} />
  return (
    <section
      aria-label={t`Answer`}
      className="m-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border border-line-strong border-dashed bg-sunken px-3 py-2"
    >
      <Lock aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
      <p className="min-w-50 flex-1 text-second">
        <strong className="font-semibold">
          {desk.windowUntil === null
            ? t`Free text is closed: ${name} has not written yet.`
            : t`Free text is closed: ${name} wrote more than 24 hours ago.`}
        </strong>{' '}
        {t`Send a template; the field opens by itself when ${name} replies.`}{' '}
        {loadDraft(desk.draft) ? t`Your draft is kept.` : null}
      </p>
      <Button
        variant="ink"
        size="small"
        icon={<LayoutTemplate aria-hidden size={15} strokeWidth={1.75} />}
        onClick={() => setTemplates(true)}
      >
        {t`Choose a template`}
      </Button>
    </section>
  )
}

function Field({ onTemplates }: { onTemplates: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const desk = useDesk()
  const queries = useQueryClient()
  const order = desk.draft
  const [text, setText] = useState(() => loadDraft(order))
  const [file, setFile] = useState<File | null>(null)
  const [progress, setProgress] = useState(0)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const chooser = useRef<HTMLInputElement>(null)
  // Kept until it has gone: trying again after a lost answer sends nothing twice.
  const keys = useRef({ text: crypto.randomUUID(), file: crypto.randomUUID() })
  const name = desk.order.customer.name

  function write(next: string) {
    setText(next)
    saveDraft(order, next)
    keys.current.text = crypto.randomUUID()
    keys.current.file = crypto.randomUUID()
  }

  function choose(chosen: File) {
    const check = checkFile(chosen)
    if (!('problem' in check)) {
      setFile(chosen)
      setWrong('')
      keys.current.file = crypto.randomUUID()
      return
    }
    const ending = check.problem === 'type' ? check.ending : ''
    setWrong(
      check.problem === 'type'
        ? t`${chosen.name}: WhatsApp does not take ${ending} files. Send a JPEG, PNG, MP4, MP3 or PDF, or an Office file.`
        : check.problem === 'size'
          ? t`${chosen.name} is larger than ${format.bytes(check.limit)}, the most that WhatsApp takes of this kind.`
          : t`${chosen.name} is empty.`,
    )
  }

  async function send() {
    const said = text.trim()
    if (busy || (!said && !file)) return
    const check = file ? checkFile(file) : null
    const under = check && !('problem' in check) && takesCaption(check.kind)
    const over = [...said].length - (under ? longestCaption : longestText)
    if (over > 0) {
      setWrong(t`The text is too long by ${format.number(over)}. Nothing was sent.`)
      return
    }
    setBusy(true)
    setWrong('')
    try {
      let sent: Accepted | undefined
      if (said && !under) {
        sent = await desk.send({ text: said }, keys.current.text)
      }
      if (file) {
        setProgress(0)
        sent = await desk.sendFile(file, under ? said : '', keys.current.file, setProgress)
      }
      write('')
      setFile(null)
      if (sent) desk.onSent(sent)
      announce(t`Sent`)
      await queries.invalidateQueries({ queryKey: desk.key })
    } catch (error) {
      setWrong(words(error).text)
    }
    setBusy(false)
  }

  function onKeyDown(event: KeyboardEvent) {
    // Safari ends the composition before this Enter, and tells by its code that it belonged to it.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    void send()
  }

  return (
    <section aria-label={t`Answer`} className="shrink-0 border-line border-t bg-surface px-2 py-2">
      {wrong ? (
        <p role="alert" className="mb-1.5 flex gap-1.5 px-1 text-bad text-meta">
          <CircleAlert aria-hidden size={13} strokeWidth={2} className="mt-0.5 shrink-0" />
          {wrong}
        </p>
      ) : null}
      {file ? (
        <div className="mb-1.5 flex items-center gap-2.5 rounded-control bg-sunken p-1.5 pl-2.5">
          <FileIcon aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-ink" />
          <div className="min-w-0 flex-1">
            <p className="truncate font-semibold text-second" title={file.name}>
              {file.name}
            </p>
            {busy ? (
              <progress
                value={progress}
                aria-label={t`Upload of ${file.name}`}
                className="h-1.5 w-full overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-ink [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-ink"
              />
            ) : (
              <p className="figures text-meta text-text2">{format.bytes(file.size)}</p>
            )}
          </div>
          {busy ? null : (
            <IconButton
              name={t`Take ${file.name} away`}
              icon={<X size={15} strokeWidth={1.75} />}
              onClick={() => setFile(null)}
            />
          )}
        </div>
      ) : null}
      <div className="flex items-end gap-1">
        <input
          ref={chooser}
          type="file"
          hidden
          accept={acceptedFiles}
          aria-label={t`Attach a file`}
          onChange={(event) => {
            const chosen = event.target.files?.[0]
            if (chosen) choose(chosen)
            event.target.value = ''
          }}
        />
        <IconButton
          name={t`Attach a file`}
          icon={<Paperclip size={18} strokeWidth={1.75} />}
          onClick={() => chooser.current?.click()}
        />
        <IconButton
          name={t`Choose a template`}
          icon={<LayoutTemplate size={18} strokeWidth={1.75} />}
          onClick={onTemplates}
        />
        <Textarea
          aria-label={t`Write to ${name}`}
          placeholder={t`Write to ${name}`}
          value={text}
          readOnly={busy}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1"
        />
        <Button
          variant="seal"
          busy={busy}
          aria-label={t`Send`}
          disabledReason={text.trim() || file ? undefined : t`Write something first.`}
          icon={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
          onClick={() => void send()}
        />
      </div>
    </section>
  )
}
