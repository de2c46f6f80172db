import { useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, Hourglass } from 'lucide-react'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Banner } from '../../ui/Banner'
import { DayLine, SystemLine } from '../../ui/Bubble'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { Spinner } from '../../ui/Spinner'
import { useMinute } from '../../ui/useMinute'
import { useLetters, useOutgoing } from '../data/outgoing'
import type { useHistory } from '../data/queries'
import { useDayWords } from './dayWords'
import { buildItems, type Item } from './items'
import { LetterBubble } from './LetterBubble'
import { MessageBubble } from './MessageBubble'
import { ThreadSkeleton } from './ThreadSkeleton'

interface ThreadProps {
  conversation: Conversation
  history: ReturnType<typeof useHistory>
  /** The message to go to, as soon as it is loaded. */
  wanted: string | undefined
  /** Filled with what scrolls to a message. */
  jump: React.RefObject<((messageId: string) => void) | null>
}

/** So near to the end, in px, counts as being there. */
const nearEnd = 80

/** The messages, virtualised: old pages load upward without a jump, new messages are followed at the end. */
export function Thread({ conversation, history, wanted, jump }: ThreadProps) {
  const { t } = useLingui()
  const now = useMinute()
  const letters = useLetters(conversation.conversation_id)
  const outgoing = useOutgoing()
  const words = useRefusalWords()
  const { messages, hasNextPage, isFetchingNextPage, fetchNextPage } = history
  const until = conversation.window_until
  const items = useMemo(
    () => buildItems({ messages, letters, windowUntil: until ? new Date(until) : null, now }),
    [messages, letters, until, now],
  )
  const scroller = useRef<HTMLElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const [seen, setSeen] = useState('')
  const [marked, setMarked] = useState('')
  const newest = messages.at(-1)?.message_id ?? ''
  const unseen = atEnd
    ? 0
    : items.filter(
        (item) => item.kind === 'message' && item.message.direction === 'inbound' && item.key > seen,
      ).length

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]?.key ?? index,
    estimateSize: (index) => (items[index]?.kind === 'day' ? 34 : 76),
    overscan: 8,
    paddingStart: 8,
    paddingEnd: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: nearEnd,
    onChange: (instance) => setAtEnd(instance.isAtEnd(nearEnd)),
  })
  const rows = virtualizer.getVirtualItems()
  const first = rows[0]?.index ?? 0

  // The end is where reading begins.
  const filled = items.length > 0
  useLayoutEffect(() => {
    if (filled) virtualizer.scrollToEnd()
  }, [filled, virtualizer])

  // The field grows and shrinks under the thread; whoever reads the end goes on reading the end.
  const stays = useRef(atEnd)
  stays.current = atEnd
  useEffect(() => {
    const element = scroller.current
    if (!element || !filled) return
    const watch = new ResizeObserver(() => {
      if (stays.current) virtualizer.scrollToEnd()
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [filled, virtualizer])

  // What is sent from here is always shown, wherever the thread was.
  const lastLetter = letters.at(-1)?.key
  useEffect(() => {
    if (lastLetter) virtualizer.scrollToEnd()
  }, [lastLetter, virtualizer])

  useEffect(() => {
    if (atEnd) setSeen(newest)
  }, [atEnd, newest])

  useEffect(() => {
    if (filled && first < 6 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [filled, first, hasNextPage, isFetchingNextPage, fetchNextPage])

  // Also when a letter is past its undo: the message of one that waits does not change by itself.
  const gone = letters.filter(({ state }) => state === 'gone').length
  useEffect(() => {
    if (gone > 0) outgoing.settle((id) => messages.some((message) => message.message_id === id))
  }, [outgoing, messages, gone])

  useEffect(() => {
    jump.current = (id) => {
      const index = items.findIndex((item) => item.kind === 'message' && item.key === id)
      if (index < 0) return
      virtualizer.scrollToIndex(index, { align: 'center' })
      setMarked(id)
    }
  }, [jump, items, virtualizer])

  const found = useRef('')
  useEffect(() => {
    if (!wanted || !filled || found.current === wanted) return
    if (messages.some((message) => message.message_id === wanted)) {
      found.current = wanted
      jump.current?.(wanted)
    } else if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [wanted, filled, messages, jump, hasNextPage, isFetchingNextPage, fetchNextPage])

  useEffect(() => {
    if (!marked) return
    const timer = setTimeout(() => setMarked(''), 2_000)
    return () => clearTimeout(timer)
  }, [marked])

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    const here = event.target instanceof HTMLElement && event.target.matches('article') ? event.target : null
    const from = Number(here?.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN)
    if (step === 0 || Number.isNaN(from)) return
    event.preventDefault()
    for (let to = from + step; to >= 0 && to < items.length; to += step) {
      const kind = items[to]?.kind
      if (kind !== 'message' && kind !== 'letter') continue
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
                    <Row item={item} marked={marked} tabIndex={index === entry ? 0 : -1} />
                  </div>
                ) : null
              })}
            </div>
          </div>
        )}
      </section>
      {isFetchingNextPage ? (
        <p role="status" className="absolute inset-x-0 top-2 z-10 flex justify-center text-text3">
          <Spinner />
          <span className="sr-only">{t`Loading`}</span>
        </p>
      ) : null}
      {atEnd ? null : (
        <Button
          variant="outline"
          size="small"
          onClick={() => virtualizer.scrollToEnd()}
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
