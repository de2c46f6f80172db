import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import type { Conversation } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { usePerson } from '../frame/session'
import { useCommands } from '../keys/commands'
import { useKeysOf } from '../keys/keymap'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { Drawer } from '../ui/Drawer'
import { EmptyState } from '../ui/EmptyState'
import { Kbd } from '../ui/Kbd'
import type { ComposerMode } from './composer/Composer'
import type { Values } from './composer/template'
import { useConversation } from './data/queries'
import { PersonPane } from './person/PersonPane'
import { usePersonOpen } from './person/usePersonOpen'
import { ThreadPane } from './thread/ThreadPane'
import { ThreadSkeleton } from './thread/ThreadSkeleton'
import { useAssignment } from './thread/useAssignment'

interface OpenConversationProps {
  id: string | undefined
  focus: React.RefObject<(() => void) | null>
  /** The field takes the cursor as soon as it is there. */
  wantsFocus: React.RefObject<boolean>
  filled: Map<string, Values>
  offline: boolean
  onBack: () => void
  /** The conversation to go on with when this one is done. */
  afterThis: () => string | undefined
  onOpen: (conversation: string) => void
  /** Whether there is a conversation to choose. */
  anything: boolean
}

/** The chosen conversation, or what to choose it with. */
export function OpenConversation(props: OpenConversationProps) {
  const { t } = useLingui()
  const key = useKeysOf('next', 'previous', 'keys')
  const all = key.keys ?? '?'
  const { id, anything } = props
  if (id) return <Chosen key={id} {...props} id={id} />
  return (
    <div className="flex min-w-0 flex-1 items-center justify-center bg-thread max-sm:hidden">
      {anything ? (
        <EmptyState title={t`Choose a conversation.`}>
          <span className="inline-flex flex-wrap items-center justify-center gap-1.5">
            <Kbd>{key.next ?? ''}</Kbd>
            <Kbd>{key.previous ?? ''}</Kbd>
            {t`go through the list, and ${all} shows all keys.`}
          </span>
        </EmptyState>
      ) : null}
    </div>
  )
}

function Chosen(props: OpenConversationProps & { id: string }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const query = useConversation(props.id)
  if (query.data) return <Loaded {...props} conversation={query.data} />
  if (query.isPending) {
    return (
      <div className="flex min-w-0 flex-1 flex-col bg-thread">
        <ThreadSkeleton />
      </div>
    )
  }
  return (
    <div className="flex min-w-0 flex-1 items-center justify-center bg-thread p-4">
      {query.isError ? (
        <Banner
          tone="warn"
          title={t`The conversation could not be loaded.`}
          action={
            <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(query.error).text}
        </Banner>
      ) : (
        <EmptyState
          title={t`There is no such conversation here.`}
          action={
            <Button variant="ink" onClick={props.onBack}>
              {t`Back to the list`}
            </Button>
          }
        />
      )}
    </div>
  )
}

function Loaded(props: OpenConversationProps & { conversation: Conversation }) {
  const { t } = useLingui()
  const { conversation, focus, wantsFocus, onBack } = props
  const assignment = useAssignment(conversation)
  const [templates, setTemplates] = useState(false)
  const person = usePersonOpen()
  const { mode, write } = useMode(focus)

  useEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    focus.current?.()
  }, [focus, wantsFocus])

  async function resolveNext() {
    const next = props.afterThis()
    if (!(await assignment.resolve())) return
    if (next) props.onOpen(next)
    else onBack()
  }

  const mayChange = usePerson().rights.includes('assign')
  const fixed = !mayChange || conversation.state === 'closed'
  useCommands({
    claim: mayChange && !assignment.other ? assignment.toggle : undefined,
    resolve: fixed ? undefined : () => void assignment.resolve(),
    resolveNext: fixed ? undefined : () => void resolveNext(),
    reply: () => write('reply'),
    note: mayChange ? () => write('note') : undefined,
    templates: () => setTemplates(!templates),
    person: person.toggle,
    back: () => (templates ? setTemplates(false) : onBack()),
  })

  return (
    <>
      <ThreadPane
        {...props}
        assignment={assignment}
        personOpen={person.open}
        onPerson={person.toggle}
        templatesOpen={templates}
        onTemplates={setTemplates}
        mode={mode}
        onMode={write}
      />
      {person.wide ? (
        person.open && !templates ? (
          <aside
            aria-label={t`About this person`}
            className="w-83 shrink-0 overflow-y-auto border-line border-l bg-surface"
          >
            <PersonPane conversation={conversation} />
          </aside>
        ) : null
      ) : (
        <Drawer open={person.open} onOpenChange={person.set} title={t`About this person`}>
          <PersonPane conversation={conversation} />
        </Drawer>
      )}
    </>
  )
}

/** Answer or note; whoever changes it wants to write, so the field that comes takes the cursor. */
function useMode(focus: React.RefObject<(() => void) | null>) {
  const [mode, setMode] = useState<ComposerMode>('reply')
  const wanted = useRef(false)
  useEffect(() => {
    if (!wanted.current) return
    wanted.current = false
    focus.current?.()
  })
  return {
    mode,
    write(next: ComposerMode) {
      // Without a change nothing is drawn anew: the effect above would come with whatever is drawn next.
      if (next === mode) focus.current?.()
      else {
        wanted.current = true
        setMode(next)
      }
    },
  }
}
