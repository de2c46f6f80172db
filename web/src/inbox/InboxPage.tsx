import { useLingui } from '@lingui/react/macro'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation, Message, Tab } from '../api/types'
import { announce } from '../ui/announce'
import { cn } from '../ui/cn'
import type { Values } from './composer/template'
import { useOutgoing } from './data/outgoing'
import { useConversations } from './data/queries'
import { KeySheet } from './keys/KeySheet'
import { useKeys } from './keys/useKeys'
import { ConversationList } from './list/ConversationList'
import { chosenTab, keepTab } from './list/tab'
import { OfflineBanner } from './OfflineBanner'
import { OpenConversation } from './OpenConversation'
import { useLiveState } from './Running'

/** The conversations: list, thread, person. On a phone one of them at a time. */
export function InboxPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const id: string | undefined = useParams({ strict: false }).conversation
  const live = useLiveState()
  const [tab, setTab] = useState<Tab>(chosenTab)
  const query = useConversations(tab)
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data])
  const [sheet, setSheet] = useState(false)
  const [quotes, setQuotes] = useState<Readonly<Record<string, Message | undefined>>>({})
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

  /** From the open row to its neighbour; from nowhere to the first. */
  function step(by: 1 | -1) {
    const place = rows.findIndex((row) => row.conversation_id === id)
    const next: Conversation | undefined = place < 0 ? rows[0] : rows[place + by]
    if (next) void open(next.conversation_id)
  }

  function reply() {
    if (id) focus.current?.()
    else if (rows[0]) {
      wantsFocus.current = true
      void open(rows[0].conversation_id)
    }
  }

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    r: reply,
    z: id ? () => void outgoing.takeBack(id) : undefined,
    '?': () => setSheet(true),
  })

  return (
    <>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <OfflineBanner state={live} />
        <div className="relative flex min-h-0 flex-1">
          <div
            // On a phone the list stays where it was scrolled to while a conversation covers it.
            inert={id ? isPhone() : undefined}
            className={cn(
              'flex min-h-0 border-line max-sm:absolute max-sm:inset-0 sm:w-64 sm:shrink-0 sm:border-r md:w-89',
              id && 'max-sm:invisible',
            )}
          >
            <ConversationList tab={tab} onTab={choose} query={query} rows={rows} selected={id} />
          </div>
          <OpenConversation
            id={id}
            focus={focus}
            wantsFocus={wantsFocus}
            quoted={id ? quotes[id] : undefined}
            onQuote={(message) => {
              if (id) setQuotes({ ...quotes, [id]: message })
            }}
            filled={filled}
            offline={!live.live}
            onBack={() => navigate({ to: '/' })}
            anything={rows.length > 0}
          />
        </div>
      </div>
      <KeySheet open={sheet} onOpenChange={setSheet} />
    </>
  )
}

function isPhone(): boolean {
  return window.matchMedia('(width < 40rem)').matches
}
