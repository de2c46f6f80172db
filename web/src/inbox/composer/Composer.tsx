import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import type { Message } from '../../api/types'
import { usePerson } from '../../frame/session'
import { useKeysOf } from '../../keys/keymap'
import { announce } from '../../ui/announce'
import { ariaKeys, Kbd } from '../../ui/Kbd'
import { Writing } from '../presence/Colleagues'
import { useThread } from '../thread/ThreadContext'
import type { Assignment } from '../thread/useAssignment'
import { contactName, shortName } from '../words'
import { Locked } from './Locked'
import { NoteField } from './NoteField'
import { ReplyField } from './ReplyField'
import { Taken } from './Taken'
import { useWindowOpen } from './useWindowOpen'

export interface ComposerProps {
  assignment: Assignment
  /** The message that the next letter answers. */
  quoted: Message | undefined
  onQuote: (message: Message | undefined) => void
  templatesOpen: boolean
  onTemplates: () => void
  /** Filled with what puts the cursor into the field. */
  focus: React.RefObject<(() => void) | null>
  offline: boolean
  mode: ComposerMode
  onMode: (mode: ComposerMode) => void
  /** Somebody types: colleagues see it. */
  onTyping: () => void
}

/** A letter to the customer, or a note that only the house sees. */
export type ComposerMode = 'reply' | 'note'

/**
 * Where letters are written: a field, or why there is none and what opens it. Beside it notes, which look
 * different, are announced, and stay possible when nothing can be sent.
 */
export function Composer(props: ComposerProps) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const { rights } = usePerson()
  const { onMode } = props
  const mayNote = rights.includes('assign')
  const mode = mayNote ? props.mode : 'reply'
  const open = useWindowOpen(conversation.window_until)
  const { other } = props.assignment
  const state = !rights.includes('send') ? 'reading' : other ? 'taken' : open ? 'open' : 'locked'
  const before = useRef(state)
  const name = shortName(contactName(conversation.contact))

  useEffect(() => {
    if (before.current === state) return
    before.current = state
    if (state === 'open') announce(t`The field is open: you can write to ${name}.`)
    else if (state === 'locked') announce(t`Free text is closed. Send a template.`)
    else if (state === 'taken') announce(t`${other ?? ''} has this conversation. You can read along.`)
  }, [state, name, other, t])

  const shown = useRef(mode)
  useEffect(() => {
    if (shown.current === mode) return
    shown.current = mode
    announce(mode === 'note' ? t`You write a note. Only your team sees it.` : t`You write to ${name}.`)
  }, [mode, name, t])

  return (
    <div className="px-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))] sm:px-4 sm:pb-4">
      <div className="mb-1.5 flex items-center gap-4 max-sm:px-1.5">
        {mayNote ? <Modes mode={mode} onMode={onMode} /> : null}
        <Writing conversation={conversation.conversation_id} />
      </div>
      {mode === 'note' ? (
        <NoteField focus={props.focus} offline={props.offline} onTyping={props.onTyping} />
      ) : state === 'reading' ? (
        <p className="rounded-card border border-line-strong border-dashed bg-sunken px-3.5 py-3 text-second text-text2">
          {t`You may read here, and change nothing.`}
        </p>
      ) : state === 'taken' ? (
        <Taken assignment={props.assignment} />
      ) : state === 'locked' ? (
        <Locked name={name} onTemplates={props.onTemplates} templatesOpen={props.templatesOpen} />
      ) : (
        <ReplyField key={conversation.conversation_id} name={name} {...props} />
      )}
    </div>
  )
}

/** Answer or note: a word, a key and, for the note, a sign. */
function Modes({ mode, onMode }: Pick<ComposerProps, 'mode' | 'onMode'>) {
  const { t } = useLingui()
  const keys = useKeysOf('reply', 'note')
  const modes = [
    { value: 'reply', label: t`Answer` },
    { value: 'note', label: t`Note` },
  ] as const
  return (
    <fieldset className="flex shrink-0 gap-4">
      <legend className="sr-only">{t`What you write`}</legend>
      {modes.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={mode === value}
          aria-keyshortcuts={ariaKeys(keys[value])}
          onClick={() => onMode(value)}
          className="inline-flex min-h-9 items-center gap-1.5 border-transparent border-b-2 font-semibold text-second text-text2 hover:text-text aria-pressed:border-ink aria-pressed:text-text pointer-coarse:min-h-11"
        >
          {label}
          <Kbd>{keys[value] ?? ''}</Kbd>
        </button>
      ))}
    </fieldset>
  )
}
