import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { StickyNote } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { spoken } from '../../keys/chord'
import { useKeys } from '../../keys/keymap'
import { Avatar } from '../../ui/Avatar'
import { announce } from '../../ui/announce'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { ariaKeys } from '../../ui/Kbd'
import { toast } from '../../ui/Toast'
import { noteOf, useDraft, writeDraft } from '../data/drafts'
import { placeNote } from '../data/patch'
import { type HistoryPages, keys, usePeople } from '../data/queries'
import { mentioned } from '../notes/mentions'
import { plain } from '../palette/match'
import { sends } from '../prefs/enter'
import { usePrefs } from '../prefs/prefs'
import { useThread } from '../thread/ThreadContext'
import { Suggestions } from './Suggestions'
import { useEmojis } from './useEmojis'
import { useSuggestions } from './useSuggestions'

/** Longest note, in characters. */
const longest = 4096

interface NoteFieldProps {
  focus: React.RefObject<(() => void) | null>
  offline: boolean
  onTyping: () => void
}

/** Where notes are written. Nothing here knows how to send: a note goes to its own place in the house. */
export function NoteField({ focus, offline, onTyping }: NoteFieldProps) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const prefs = usePrefs()
  const noteKey = useKeys('note')
  const { conversation } = useThread()
  const id = conversation.conversation_id
  const text = useDraft(noteOf(id))
  const people = usePeople().data ?? []
  const field = useRef<HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const length = [...text].length
  const tooLong = length > longest

  useEffect(() => {
    focus.current = () => field.current?.focus()
    return () => {
      focus.current = null
    }
  }, [focus])

  const named = useSuggestions({
    sign: '@',
    text,
    cursor,
    words: 3,
    items: (question) =>
      people
        .filter(
          ({ name }) =>
            plain(name)
              .split(/\s+/)
              .some((word) => word.startsWith(plain(question))) || plain(name).startsWith(plain(question)),
        )
        .slice(0, 8)
        .map(({ person_id, name }) => ({
          id: person_id,
          label: name,
          icon: <Avatar id={person_id} name={name} of="person" size={20} />,
        })),
    onPick({ from, to }, { label }) {
      const rest = text.slice(to)
      const put = `@${label}${rest.startsWith(' ') ? '' : ' '}`
      writeDraft(noteOf(id), text.slice(0, from) + put + rest)
      const end = from + put.length
      setCursor(end)
      requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
    },
  })

  const emojis = useEmojis(text, cursor, (words, end) => {
    writeDraft(noteOf(id), words)
    setCursor(end)
    requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
  })

  async function save() {
    if (busy || tooLong) return
    if (text.trim() === '') {
      field.current?.focus()
      return
    }
    if (offline) {
      toast({ text: t`Kept here. Nothing was sent.`, tone: 'info' })
      return
    }
    setBusy(true)
    try {
      const mentions = mentioned(text, people).map(({ person_id }) => person_id)
      const note = await desk.addNote(whom(conversation), text.trim(), mentions)
      queries.setQueryData<HistoryPages>(keys.history(id), (pages) =>
        pages ? placeNote(pages, note) : undefined,
      )
      writeDraft(noteOf(id), '')
      announce(t`The note is kept. Only your team sees it.`)
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    } finally {
      setBusy(false)
      field.current?.focus()
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (named.onKey(event.key) || emojis.onKey(event.key)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Enter' && sends(event, prefs.send)) {
      event.preventDefault()
      void save()
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      field.current?.blur()
    }
  }

  return (
    <section
      aria-label={t`Note`}
      className="rounded-card border border-note-line border-dashed bg-bubble-note has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-focus"
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
      {named.open ? (
        <Suggestions
          id={named.id}
          name={t`People of your house`}
          items={named.list}
          chosen={named.chosen}
          onPick={named.pick}
          empty={t`Nobody here is called so.`}
        />
      ) : null}
      <p className="flex items-center gap-1.5 px-3.5 pt-2 font-semibold text-meta text-warn">
        <StickyNote aria-hidden size={13} strokeWidth={2} />
        {t`Note · only your team sees this`}
      </p>
      <textarea
        {...(emojis.open ? emojis.aria : named.aria)}
        ref={field}
        value={text}
        rows={1}
        dir="auto"
        onChange={(event) => {
          writeDraft(noteOf(id), event.target.value)
          setCursor(event.target.selectionStart)
          onTyping()
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
        onBlur={() => setCursor(null)}
        onKeyDown={onKeyDown}
        aria-label={t`Write a note`}
        aria-invalid={tooLong || undefined}
        aria-keyshortcuts={ariaKeys(noteKey)}
        placeholder={t`Write a note; @ names a colleague`}
        className="field-sizing-content block max-h-[calc(8lh+1.25rem)] w-full resize-none overflow-y-auto bg-transparent px-3.5 py-2 text-message-phone outline-none placeholder:text-text2 sm:text-message"
      />
      <div className="flex items-center gap-2 px-3.5 pb-2">
        <span className={cn('figures ml-auto text-meta text-text2', tooLong && 'font-semibold text-bad')}>
          {length > longest * 0.9 ? (
            t`${format.number(length)} of ${format.number(longest)}`
          ) : (
            <span className="max-md:sr-only">
              {prefs.send === 'enter' ? t`Enter saves` : t`${spoken('Mod+Enter')} saves`}
            </span>
          )}
        </span>
        <Button
          variant="ink"
          busy={busy}
          onClick={() => void save()}
          disabledReason={tooLong ? t`The text is too long.` : undefined}
        >
          {t`Save note`}
        </Button>
      </div>
    </section>
  )
}
