import { useLingui } from '@lingui/react/macro'
import { Mic, SendHorizontal, X } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  lazy,
  Suspense,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Content } from '../../api/content'
import type { Message } from '../../api/types'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { spoken } from '../../keys/chord'
import { useCommands } from '../../keys/commands'
import { useKeys } from '../../keys/keymap'
import { announce } from '../../ui/announce'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { ariaKeys } from '../../ui/Kbd'
import { toast } from '../../ui/Toast'
import { useMatch } from '../../ui/useMatch'
import { useDraft, writeDraft } from '../data/drafts'
import { useAttachments, useShelf } from '../data/shelf'
import { sends } from '../prefs/enter'
import { usePrefs } from '../prefs/prefs'
import { useAuthorName } from '../thread/Quote'
import { useThread } from '../thread/ThreadContext'
import { useSendContent } from '../thread/useSendContent'
import { canRecord } from '../voice/useRecorder'
import { useVoice } from '../voice/useVoice'
import { usePreview } from '../words'
import type { ComposerProps } from './Composer'
import { ComposerTools } from './ComposerTools'
import { takesCaption } from './files'
import { Suggestions } from './Suggestions'
import { nextBlank } from './trigger'
import { useAddFiles } from './useAddFiles'
import { useEmojis } from './useEmojis'
import { useQuickReplies } from './useQuickReplies'

// Fetched with the field and not before it: they are shown when there is something to show.
const attachments = () => import('./Attachments')
const Attachments = lazy(() => attachments().then(({ Attachments }) => ({ default: Attachments })))
const recordingBar = () => import('../voice/RecordingBar')
const RecordingBar = lazy(() => recordingBar().then(({ RecordingBar }) => ({ default: RecordingBar })))

/** Longest text, and longest words under a file (cloud-api.md 1.2), in characters. */
const longestText = 4096
const longestCaption = 1024

interface ReplyFieldProps extends ComposerProps {
  name: string
}

/** The field itself. What is typed here is a draft with every key, so nothing is ever lost. */
export function ReplyField(props: ReplyFieldProps) {
  const { t } = useLingui()
  const { name, quoted, onQuote, onTemplates, focus, offline, onTyping } = props
  const format = useFormat()
  const { conversation, messages } = useThread()
  const me = usePerson()
  const replyKey = useKeys('reply')
  const prefs = usePrefs()
  const id = conversation.conversation_id
  const text = useDraft(id)
  const ownLast = useMemo(() => lastOwnText(messages, me.id), [messages, me.id])
  const field = useRef<HTMLTextAreaElement>(null)
  const hint = useId()
  const send = useSendContent()
  const shelf = useShelf()
  const files = useAttachments(id)
  const addFiles = useAddFiles(id)
  const voice = useVoice(id)
  const recording = voice.state.is === 'recording' ? voice.state : null
  const [waiting, setWaiting] = useState(false)
  const [cursor, setCursor] = useState<number | null>(null)
  const captioned = files.find((file) => takesCaption(file.kind))
  const limit = captioned ? longestCaption : longestText
  const length = [...text].length
  const tooLong = length > limit
  const narrow = useMatch('(width < 40rem)')
  const mayRecord = !offline && canRecord()
  const empty = text.trim() === '' && files.length === 0
  const ready = files.every((file) => file.media)
  const broken = files.some((file) => file.error)

  useEffect(() => void Promise.allSettled([attachments(), recordingBar()]), [])

  useEffect(() => {
    focus.current = () => field.current?.focus()
    return () => {
      focus.current = null
    }
  }, [focus])

  const quick = useQuickReplies(text, cursor, (words, from) => {
    writeDraft(id, words)
    if (!selectBlank(words, from)) setCursor(null)
  })

  const emojis = useEmojis(text, cursor, (words, end) => {
    writeDraft(id, words)
    setCursor(end)
    requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
  })

  useCommands({ record: mayRecord && !recording ? voice.start : undefined })

  useLayoutEffect(() => {
    if (field.current) grow(field.current, text)
  }, [text])

  // Send was pressed while files were still on their way: it happens when the last one is there.
  useEffect(() => {
    if (!waiting) return
    if (broken || files.length === 0) setWaiting(false)
    else if (ready) submit()
  })

  /** Goes to the next thing to fill in; whether there is one. */
  function selectBlank(within: string, after: number): boolean {
    const blank = nextBlank(within, after)
    if (blank) requestAnimationFrame(() => field.current?.setSelectionRange(blank.from, blank.to))
    return blank !== null
  }

  /** The bar of the recorder goes away with its focus: the field takes it. */
  function backFrom(act: () => void) {
    act()
    setTimeout(() => field.current?.focus())
  }

  /** Why nothing was sent, shown and read out; what was typed stays. */
  function refuse(why: string) {
    announce(why)
    toast({ text: why, tone: 'info' })
    field.current?.focus()
  }

  function submit() {
    if (voice.sending) return
    if (tooLong) return refuse(t`The text is too long by ${format.number(length - limit)}. Nothing was sent.`)
    if (empty) return refuse(t`There is nothing to send yet. Write something or attach a file.`)
    const blank = nextBlank(text, 0)
    if (blank) {
      selectBlank(text, 0)
      return refuse(t`Fill in ${text.slice(blank.from, blank.to)} first. Nothing was sent.`)
    }
    if (offline) return refuse(t`Kept here. Nothing was sent.`)
    if (!ready) {
      setWaiting(true)
      return
    }
    setWaiting(false)
    const context = quoted ? { id: quoted.message_id } : undefined
    for (const [place, { id: file, kind, media }] of files.entries()) {
      const caption = files[place] === captioned && text.trim() ? text : undefined
      const content: Content = {
        type: kind,
        [kind]: { ...media, caption },
        ...(place === 0 ? { context } : {}),
      }
      send(content, caption)
      shelf.remove(file)
    }
    if (text.trim() && !captioned)
      send({ type: 'text', text: { body: text }, ...(files.length === 0 ? { context } : {}) }, text)
    writeDraft(id, '')
    onQuote(undefined)
    announce(t`Sent`)
    field.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an input method is composing, Enter chooses a word; Safari says so only by the old key code.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (quick.onKey(event.key) || emojis.onKey(event.key)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Tab' && !event.shiftKey && selectBlank(text, event.currentTarget.selectionEnd)) {
      event.preventDefault()
      return
    }
    if (event.key === 'Enter' && sends(event, prefs.send)) {
      event.preventDefault()
      submit()
    }
    if (event.key === 'ArrowUp' && text === '' && ownLast) {
      event.preventDefault()
      writeDraft(id, ownLast)
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      if (quoted) onQuote(undefined)
      else field.current?.blur()
    }
  }

  function onPaste(event: ClipboardEvent) {
    const { clipboardData: pasted } = event
    // Sheets and documents bring a picture of themselves along: whoever copied words there wants the words.
    if (pasted.files.length === 0 || (pasted.getData('text/html') && pasted.getData('text/plain'))) return
    event.preventDefault()
    addFiles(pasted.files)
  }

  return (
    <section
      aria-label={t`Answer`}
      className="rounded-card border border-line-strong bg-surface has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-focus max-sm:rounded-[1.5rem]"
    >
      {emojis.open ? (
        <Suggestions
          id={emojis.id}
          name={t`Emojis`}
          items={emojis.list}
          chosen={emojis.chosen}
          onPick={emojis.pick}
          empty={null}
        />
      ) : null}
      {quick.open ? (
        <Suggestions
          id={quick.id}
          name={t`Quick replies`}
          items={quick.list}
          chosen={quick.chosen}
          onPick={quick.pick}
          empty={quick.empty}
        />
      ) : null}
      {quoted ? <QuotedPart quoted={quoted} onClear={() => onQuote(undefined)} /> : null}
      <Suspense fallback={<div className="h-16" />}>
        {files.length > 0 ? <Attachments files={files} /> : null}
        {recording ? (
          <RecordingBar
            seconds={recording.seconds}
            levels={recording.levels}
            onDiscard={() => backFrom(voice.discard)}
            onListen={() => backFrom(voice.listen)}
            onSend={() => backFrom(voice.send)}
          />
        ) : null}
      </Suspense>
      <div
        className={cn(
          'flex items-end max-sm:gap-1 max-sm:p-1 sm:flex-col sm:items-stretch',
          // Still there, so that what it holds and its size come back as they were.
          recording && 'hidden',
        )}
      >
        <div className="sm:hidden">
          <ComposerTools form="menu" onFiles={addFiles} onTemplates={onTemplates} />
        </div>
        <textarea
          ref={field}
          value={text}
          {...(emojis.open ? emojis.aria : quick.aria)}
          onChange={(event) => {
            writeDraft(id, event.target.value)
            setCursor(event.target.selectionStart)
            onTyping()
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
          onBlur={() => setCursor(null)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          rows={1}
          dir="auto"
          enterKeyHint={prefs.send === 'enter' ? 'send' : 'enter'}
          aria-label={captioned ? t`Caption` : t`Write to ${name}`}
          aria-describedby={hint}
          aria-invalid={tooLong || undefined}
          aria-keyshortcuts={ariaKeys(replyKey)}
          placeholder={
            captioned
              ? t`Add a caption`
              : narrow
                ? t`Write to ${name}`
                : t`Write to ${name}, or / for quick replies`
          }
          className="field-sizing-content block max-h-[calc(8lh+1.25rem)] min-w-0 flex-1 resize-none overflow-y-auto bg-transparent px-3.5 py-2.5 text-message-phone outline-none sm:text-message"
        />
        <div className="flex items-center gap-1 sm:px-2 sm:pb-2">
          <div className="max-sm:hidden">
            <ComposerTools
              form="row"
              onFiles={addFiles}
              onTemplates={onTemplates}
              onRecord={mayRecord ? voice.start : undefined}
            />
          </div>
          <span
            id={hint}
            className={cn('figures ml-auto px-1 text-meta text-text3', tooLong && 'font-semibold text-bad')}
          >
            {length > limit * 0.9 ? (
              t`${format.number(length)} of ${format.number(limit)}`
            ) : (
              <span className="max-md:sr-only">
                {prefs.send === 'enter' ? t`Enter sends` : t`${spoken('Mod+Enter')} sends`}
              </span>
            )}
          </span>
          {mayRecord && empty ? (
            <IconButton
              name={t`Record a voice message`}
              icon={<Mic size={20} strokeWidth={1.75} />}
              onClick={voice.start}
              className="size-11 rounded-full sm:hidden"
            />
          ) : null}
          <Button
            variant={offline ? 'ink' : 'seal'}
            busy={waiting || voice.sending}
            onClick={submit}
            disabledReason={
              tooLong
                ? t`The text is too long.`
                : broken
                  ? t`A file did not arrive. Try it again or take it away.`
                  : undefined
            }
            iconEnd={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
            aria-label={offline ? t`Keep for later` : t`Send`}
            className={cn(
              'max-sm:size-11 max-sm:rounded-full max-sm:p-0',
              mayRecord && empty && 'max-sm:hidden',
            )}
          >
            <span className="max-sm:hidden">{offline ? t`Keep for later` : t`Send`}</span>
          </Button>
        </div>
      </div>
    </section>
  )
}

/** The message that is answered, above the field. */
function QuotedPart({
  quoted,
  onClear,
}: {
  quoted: NonNullable<ComposerProps['quoted']>
  onClear: () => void
}) {
  const { t } = useLingui()
  const author = useAuthorName()
  const preview = usePreview()
  return (
    <div className="mx-2 mt-2 flex items-start gap-1 rounded-key border-ink border-l-3 bg-sunken py-1 pr-1 pl-2.5">
      <p className="min-w-0 flex-1 text-meta text-text2">
        <span className="block font-semibold">
          <span className="sr-only">{t`Answers`} </span>
          {author(quoted)}
        </span>
        <span dir="auto" className="line-clamp-2">
          {preview(quoted).text}
        </span>
      </p>
      <IconButton
        name={t`Do not quote`}
        keys="Esc"
        onClick={onClear}
        icon={<X size={15} strokeWidth={1.75} />}
        className="size-7"
      />
    </div>
  )
}

/** What this person wrote last in this conversation. */
function lastOwnText(messages: ReadonlyMap<string, Message>, me: string): string {
  const own = [...messages.values()].findLast(
    ({ direction, author, content }) =>
      direction === 'outbound' && author?.id === me && content.type === 'text' && content.text?.body,
  )
  return own?.content.text?.body ?? ''
}

/** For browsers without `field-sizing`: as high as its text, up to the limit of its style. */
function grow(field: HTMLTextAreaElement, text: string): void {
  if (typeof CSS !== 'undefined' && CSS.supports?.('field-sizing', 'content')) return
  field.style.height = 'auto'
  if (text !== '') field.style.height = `${field.scrollHeight}px`
}
