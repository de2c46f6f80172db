import { useLingui } from '@lingui/react/macro'
import { ArrowDown, Hourglass } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation, Message } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Banner } from '../../ui/Banner'
import { DayLine, SystemLine, UnreadLine } from '../../ui/Bubble'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { Spinner } from '../../ui/Spinner'
import { toast } from '../../ui/Toast'
import { useMinute } from '../../ui/useMinute'
import { useLetters, useOutgoing } from '../data/outgoing'
import type { useHistory } from '../data/queries'
import { useDayWords } from './dayWords'
import { buildItems, type Item } from './items'
import { LetterBubble } from './LetterBubble'
import { MessageBubble } from './MessageBubble'
import { NoteBubble } from './NoteBubble'
import { ThreadSkeleton } from './ThreadSkeleton'
import { useThreadScroll } from './useThreadScroll'

interface ThreadProps {
  conversation: Conversation
  history: ReturnType<typeof useHistory>
  /** The message to go to, as soon as it is loaded. */
  wanted: string | undefined
  /** It was looked for: it stays marked as long as the search does. */
  kept: boolean
  /** Filled with what scrolls to a message. */
  jump: React.RefObject<((messageId: string) => void) | null>
}

/** The messages and the notes between them: more is loaded in both directions without a jump. */
export function Thread({ conversation, history, wanted, kept, jump }: ThreadProps) {
  const { t } = useLingui()
  const now = useMinute()
  const letters = useLetters(conversation.conversation_id)
  const outgoing = useOutgoing()
  const words = useRefusalWords()
  const { messages, notes } = history
  const until = conversation.window_until
  const unreadFrom = useUnreadFrom(conversation, messages)
  const ahead = history.hasPreviousPage
  const items = useMemo(
    () =>
      buildItems({
        messages,
        notes,
        // What is on its way stands at the newest end only.
        letters: ahead ? [] : letters,
        unreadFrom,
        windowUntil: until && !ahead ? new Date(until) : null,
        now,
      }),
    [messages, notes, letters, ahead, unreadFrom, until, now],
  )
  const scroller = useRef<HTMLElement>(null)
  const scroll = useThreadScroll({ items, history, scroller })
  const { virtualizer, rows, first, atEnd, marked, jumpTo, toNewest } = scroll
  const [seen, setSeen] = useState('')
  const newest = messages.at(-1)?.message_id ?? ''
  const unseen = atEnd
    ? 0
    : items.filter(
        (item) => item.kind === 'message' && item.message.direction === 'inbound' && item.key > seen,
      ).length

  // What is sent from here is always shown, wherever the thread was.
  const lastLetter = letters.at(-1)?.key
  const shownLetter = useRef(lastLetter)
  useEffect(() => {
    if (!lastLetter || lastLetter === shownLetter.current) return
    shownLetter.current = lastLetter
    void toNewest()
  }, [lastLetter, toNewest])

  useEffect(() => {
    if (atEnd) setSeen(newest)
  }, [atEnd, newest])

  // Also when a letter is past its undo: the message of one that waits does not change by itself.
  const gone = letters.filter(({ state }) => state === 'gone').length
  useEffect(() => {
    if (gone > 0) outgoing.settle((id) => messages.some((message) => message.message_id === id))
  }, [outgoing, messages, gone])

  const go = useCallback(
    (id: string) =>
      void jumpTo(id).then((there) => {
        if (!there) toast({ text: t`This message could not be loaded.`, tone: 'info' })
      }),
    [jumpTo, t],
  )
  useEffect(() => {
    jump.current = go
  }, [jump, go])

  const loaded = !history.isPending
  // Once: whoever scrolls on is not called back.
  const went = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (!loaded || wanted === went.current) return
    went.current = wanted
    if (wanted) go(wanted)
  }, [wanted, loaded, go])

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    const here = event.target instanceof HTMLElement && event.target.matches('article') ? event.target : null
    const from = Number(here?.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN)
    if (step === 0 || Number.isNaN(from)) return
    event.preventDefault()
    for (let to = from + step; to >= 0 && to < items.length; to += step) {
      const kind = items[to]?.kind
      if (kind !== 'message' && kind !== 'letter' && kind !== 'note') continue
      virtualizer.scrollToIndex(to, { align: 'auto' })
      requestAnimationFrame(() => {
        scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"] article`)?.focus()
      })
      return
    }
  }

  if (history.isPending) return <ThreadSkeleton />
  if (history.isError && messages.length === 0) {
    return (
      <div className="flex flex-1 items-center justify-center p-4">
        <Banner
          tone="warn"
          title={t`The messages could not be loaded.`}
          action={
            <Button size="small" onClick={() => history.refetch()} busy={history.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(history.error).text}
        </Banner>
      </div>
    )
  }

  const entry = items.findLastIndex(({ kind }) => kind === 'message' || kind === 'letter')
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <FloatingDay items={items} first={first} />
      <section
        ref={scroller}
        aria-label={t`Messages`}
        onKeyDown={onKeyDown}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto overflow-x-hidden px-3.5 [overflow-anchor:none] sm:px-6"
      >
        {items.length === 0 ? (
          <EmptyState className="m-auto" title={t`Nothing was said yet.`} />
        ) : (
          <div className="relative mt-auto w-full shrink-0" style={{ height: virtualizer.getTotalSize() }}>
            <div
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}
            >
              {rows.map(({ index, key }) => {
                const item = items[index]
                return item ? (
                  <div
                    key={key}
                    ref={virtualizer.measureElement}
                    data-index={index}
                    className="flex flex-col pb-2"
                  >
                    <Row
                      item={item}
                      marked={kept && wanted ? wanted : marked}
                      tabIndex={index === entry ? 0 : -1}
                    />
                  </div>
                ) : null
              })}
            </div>
          </div>
        )}
      </section>
      {history.isFetchingNextPage ? (
        <p role="status" className="absolute inset-x-0 top-2 z-10 flex justify-center text-text3">
          <Spinner />
          <span className="sr-only">{t`Loading`}</span>
        </p>
      ) : null}
      {atEnd ? null : (
        <Button
          variant="outline"
          size="small"
          onClick={() => void toNewest()}
          icon={<ArrowDown aria-hidden size={15} strokeWidth={1.75} />}
          className="absolute bottom-3 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-e2"
        >
          {unseen > 0 ? <NewMessages count={unseen} /> : t`To the newest`}
        </Button>
      )}
    </div>
  )
}

function NewMessages({ count }: { count: number }) {
  const { t } = useLingui()
  return <>{count === 1 ? t`1 new message` : t`${count} new messages`}</>
}

interface RowProps {
  item: Item
  marked: string
  tabIndex: 0 | -1
}

function Row({ item, marked, tabIndex }: RowProps) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const day = useDayWords()
  switch (item.kind) {
    case 'day':
      return <DayLine>{day(item.at, now)}</DayLine>
    case 'window':
      return (
        <SystemLine icon={<Hourglass aria-hidden size={13} strokeWidth={2} className="shrink-0" />}>
          {t`The 24-hour window closed · ${format.recent(item.at, now)}`}
        </SystemLine>
      )
    case 'unread':
      return <UnreadLine />
    case 'note':
      return <NoteBubble note={item.note} marked={marked === item.key} tabIndex={tabIndex} />
    case 'letter':
      return <LetterBubble letter={item.letter} tabIndex={tabIndex} />
    case 'message':
      return (
        <MessageBubble
          message={item.message}
          reactions={item.reactions}
          newest={item.newest}
          marked={marked === item.key}
          tabIndex={tabIndex}
        />
      )
  }
}

/**
 * The oldest of the messages that nobody had read when the thread was opened: it keeps its line as long as the thread
 * is open. Where more are unread than are loaded there is none until they are.
 */
function useUnreadFrom({ unread }: Conversation, messages: readonly Message[]): string | undefined {
  const [count] = useState(unread)
  const until = useRef('')
  const found = useRef<string | undefined>(undefined)
  if (count > 0 && !found.current && messages.length > 0) {
    until.current ||= messages.at(-1)?.message_id ?? ''
    const inbound = messages.filter(
      ({ direction, type, message_id }) =>
        direction === 'inbound' && type !== 'reaction' && message_id <= until.current,
    )
    found.current = inbound.at(-count)?.message_id
  }
  return found.current
}

/** On phones the day of the topmost message stays in sight. */
function FloatingDay({ items, first }: { items: readonly Item[]; first: number }) {
  const now = useMinute()
  const words = useDayWords()
  const day = items.findLast(
    (item, index): item is Item & { kind: 'day' } => index <= first && item.kind === 'day',
  )
  if (!day || first < 2) return null
  return (
    <p
      aria-hidden
      className="pointer-events-none absolute inset-x-0 top-0 z-10 bg-thread py-1 text-center text-meta text-text3 sm:hidden"
    >
      {words(day.at, now)}
    </p>
  )
}
