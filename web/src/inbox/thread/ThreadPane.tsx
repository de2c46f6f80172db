import { useLingui } from '@lingui/react/macro'
import { useSearch } from '@tanstack/react-router'
import { type DragEvent, lazy, Suspense, useMemo, useRef, useState } from 'react'
import { whom } from '../../api/calls'
import { firstSince } from '../../api/deskcalls'
import type { Conversation, Message } from '../../api/types'
import { usePerson } from '../../frame/session'
import { withWords } from '../../i18n/language'
import { toast } from '../../ui/Toast'
import { Composer, type ComposerMode } from '../composer/Composer'
import type { Values } from '../composer/template'
import { useAddFiles } from '../composer/useAddFiles'
import { useWindowOpen } from '../composer/useWindowOpen'
import { quoteOf, readDraft, writeDraft } from '../data/drafts'
import { type Outgoing, useOutgoing } from '../data/outgoing'
import { useHistory } from '../data/queries'
import { useMarkRead } from '../data/useMarkRead'
import { useServerDraft } from '../data/useServerDraft'
import { useBeingHere } from '../presence/useBeingHere'
import { ViewerProvider } from '../viewer/ViewerProvider'
import { indexMessages } from './items'
import { Thread } from './Thread'
import { ThreadProvider } from './ThreadContext'
import { ThreadHeader } from './ThreadHeader'
import type { Assignment } from './useAssignment'
import { useQuote } from './useQuote'

const TemplateSheet = lazy(() =>
  import('../composer/TemplateSheet').then((module) => ({ default: module.TemplateSheet })),
)

const HitBar = lazy(() =>
  withWords('search', import('../../search/HitBar')).then(({ HitBar }) => ({ default: HitBar })),
)

interface ThreadPaneProps {
  conversation: Conversation
  assignment: Assignment
  personOpen: boolean
  onPerson: () => void
  templatesOpen: boolean
  onTemplates: (open: boolean) => void
  /** Filled with what puts the cursor into the field. */
  focus: React.RefObject<(() => void) | null>
  /** What was filled into templates, kept by the page. */
  filled: Map<string, Values>
  offline: boolean
  mode: ComposerMode
  onMode: (mode: ComposerMode) => void
  onBack: () => void
}

/** One conversation: header, messages, field, and the templates when they are asked for. */
export function ThreadPane(props: ThreadPaneProps) {
  const { conversation, assignment, templatesOpen, onTemplates, focus, filled } = props
  const { t } = useLingui()
  const me = usePerson()
  const history = useHistory(conversation)
  const outgoing = useOutgoing()
  const jump = useRef<((messageId: string) => void) | null>(null)
  const messages = useMemo(() => indexMessages(history.messages), [history.messages])
  const [quoted, quote] = useQuote(conversation.conversation_id, messages)
  const open = useWindowOpen(conversation.window_until)
  const mayWrite = assignment.other === null && me.rights.includes('send')
  const addFiles = useAddFiles(conversation.conversation_id)
  const { message: wanted, find }: { message?: string; find?: string } = useSearch({ strict: false })
  const [dragged, setDragged] = useState(false)
  const presence = useBeingHere(conversation)
  useMarkRead(conversation, me.id, mayWrite)
  useServerDraft(conversation)

  const place = {
    conversation,
    messages,
    mayWrite,
    jumpTo: (id: string) => jump.current?.(id),
    quote(message: Message) {
      quote(message)
      props.onMode('reply')
      focus.current?.()
    },
    takeQuote() {
      if (!quoted) return
      quote(undefined)
      return { id: quoted.message_id }
    },
    openTemplates: () => onTemplates(true),
    editLetter(letter: Outgoing) {
      outgoing.discard(letter.key)
      putBack(letter)
      focus.current?.()
    },
  }

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = history
  const older = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined

  const takesFiles = mayWrite && open && props.mode === 'reply'
  function onDragOver(event: DragEvent) {
    if (!takesFiles || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setDragged(true)
  }
  function onDrop(event: DragEvent) {
    if (!dragged) return
    event.preventDefault()
    setDragged(false)
    addFiles(event.dataTransfer.files)
    focus.current?.()
  }

  return (
    <ThreadProvider value={place}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way; the button beside the field is the other */}
      <div
        onDragOver={onDragOver}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragged(false)
        }}
        onDrop={onDrop}
        className="@container relative flex min-h-0 min-w-0 flex-1 flex-col bg-thread"
      >
        <ThreadHeader
          conversation={conversation}
          assignment={assignment}
          personOpen={props.personOpen}
          onPerson={props.onPerson}
          onLeave={props.onBack}
          onDate={async (day) => {
            const entry = await firstSince(whom(conversation), day.toISOString()).catch(() => undefined)
            if (entry) jump.current?.(entry.id)
            else toast({ text: t`Nothing was said since that day.`, tone: 'info' })
          }}
        />
        {find ? (
          <Suspense fallback={<div className="h-10 shrink-0 bg-surface" />}>
            <HitBar conversation={conversation.conversation_id} words={find} message={wanted} />
          </Suspense>
        ) : null}
        <ViewerProvider messages={history.messages} onOlder={older} jumpTo={place.jumpTo}>
          <Thread
            conversation={conversation}
            history={history}
            wanted={wanted}
            kept={find !== undefined}
            jump={jump}
          />
        </ViewerProvider>
        <div className="shrink-0 border-line border-t bg-surface">
          <Composer
            assignment={assignment}
            quoted={quoted}
            onQuote={quote}
            templatesOpen={templatesOpen}
            onTemplates={() => onTemplates(!templatesOpen)}
            focus={focus}
            offline={props.offline}
            mode={props.mode}
            onMode={props.onMode}
            onTyping={presence.typing}
          />
        </div>
        {templatesOpen && mayWrite ? (
          <Suspense fallback={null}>
            <TemplateSheet onClose={() => onTemplates(false)} filled={filled} />
          </Suspense>
        ) : null}
        {dragged ? (
          <div className="pointer-events-none absolute inset-2 z-30 flex items-center justify-center rounded-dialog border-2 border-ink border-dashed bg-surface/90">
            <p className="font-semibold font-serif text-section">{t`Drop the files to attach them`}</p>
          </div>
        ) : null}
      </div>
    </ThreadProvider>
  )
}

/** The words of a letter go before what has been typed since, and what it answers is quoted again. */
export function putBack({ conversation, draft, quoted }: Outgoing): void {
  if (quoted) writeDraft(quoteOf(conversation), quoted)
  if (!draft) return
  const typed = readDraft(conversation)
  writeDraft(conversation, typed ? `${draft}\n${typed}` : draft)
}
