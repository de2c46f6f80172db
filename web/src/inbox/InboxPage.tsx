import { useLingui } from '@lingui/react/macro'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation, Tab } from '../api/types'
import { withWords } from '../i18n/language'
import { useCommands } from '../keys/commands'
import { announce } from '../ui/announce'
import { cn } from '../ui/cn'
import { SkeletonRows } from '../ui/Skeleton'
import type { Values } from './composer/template'
import { useOutgoing } from './data/outgoing'
import { useConversations } from './data/queries'
import { ConversationList } from './list/ConversationList'
import { SearchFrame } from './list/SearchFrame'
import { chosenTab, keepTab } from './list/tab'
import { keepView, useNarrowing } from './list/useNarrowing'
import { OfflineBanner } from './OfflineBanner'
import { OpenConversation } from './OpenConversation'
import { useLiveState } from './Running'

const MentionsPane = lazy(() =>
  withWords('mentions', import('../mentions/MentionsPane')).then(({ MentionsPane }) => ({
    default: MentionsPane,
  })),
)

/** The conversations: list, thread, person. On a phone one of them at a time. */
export function InboxPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const id: string | undefined = useParams({ strict: false }).conversation
  const live = useLiveState()
  const [tab, setTab] = useState<Tab>(chosenTab)
  const { view, message }: { view?: 'mentions'; message?: string } = useSearch({ strict: false })
  const [narrowing, narrow] = useNarrowing()
  const query = useConversations(tab, narrowing)
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data])
  const filled = useRef(new Map<string, Values>()).current
  const focus = useRef<(() => void) | null>(null)
  const wantsFocus = useRef(false)

  const outgoing = useOutgoing()
  useEffect(
    () =>
      outgoing.onTakenBack(({ conversation }) => {
        announce(t`Taken back. Nothing was sent.`)
        if (conversation === id) focus.current?.()
      }),
    [outgoing, id, t],
  )

  const open = useCallback(
    (conversation: string) => navigate({ to: '/c/$conversation', params: { conversation } }),
    [navigate],
  )

  function choose(next: Tab) {
    keepTab(next)
    setTab(next)
  }

  /** The neighbour of the open row; from nowhere the first. */
  function neighbour(by: 1 | -1): Conversation | undefined {
    const place = rows.findIndex((row) => row.conversation_id === id)
    return place < 0 ? rows[0] : rows[place + by]
  }

  function step(by: 1 | -1) {
    const next = neighbour(by)
    if (next) void open(next.conversation_id)
  }

  function reply() {
    const [first] = rows
    if (!first) return
    wantsFocus.current = true
    void open(first.conversation_id)
  }

  useCommands({
    next: () => step(1),
    previous: () => step(-1),
    reply: id ? undefined : reply,
    undo: id ? () => void outgoing.takeBack(id) : undefined,
  })

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <OfflineBanner state={live} />
      {/* On a phone the list with the visible one is away while a conversation is open. */}
      {id ? (
        <h1 className="sr-only sm:hidden">{t({ message: 'Inbox', context: 'title of the page' })}</h1>
      ) : null}
      <div className="relative flex min-h-0 flex-1">
        <div
          // On a phone the list stays where it was scrolled to while a conversation covers it.
          inert={id ? isPhone() : undefined}
          className={cn(
            'flex min-h-0 border-line max-sm:absolute max-sm:inset-0 sm:w-64 sm:shrink-0 sm:border-r md:w-89',
            id && 'max-sm:invisible',
          )}
        >
          <SearchFrame>
            {view === 'mentions' ? (
              <Suspense fallback={<SkeletonRows />}>
                <MentionsPane selected={message} />
              </Suspense>
            ) : (
              <ConversationList
                tab={tab}
                onTab={choose}
                narrowing={narrowing}
                onNarrow={narrow}
                query={query}
                rows={rows}
                selected={id}
              />
            )}
          </SearchFrame>
        </div>
        <OpenConversation
          id={id}
          focus={focus}
          wantsFocus={wantsFocus}
          filled={filled}
          offline={!live.live}
          onBack={() => navigate({ to: '/', search: keepView })}
          afterThis={() => (neighbour(1) ?? neighbour(-1))?.conversation_id}
          onOpen={open}
          anything={rows.length > 0}
        />
      </div>
    </div>
  )
}

function isPhone(): boolean {
  return window.matchMedia('(width < 40rem)').matches
}
