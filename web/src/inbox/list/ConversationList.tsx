import { useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { type Conversation, type Tab, tabs } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { SkeletonRows } from '../../ui/Skeleton'
import { Tabs } from '../../ui/Tabs'
import { useMinute } from '../../ui/useMinute'
import type { useConversations } from '../data/queries'
import { useCounts, useNumbers } from '../data/queries'
import { ConversationRow } from './ConversationRow'
import { EmptyList } from './EmptyList'
import { useHeldOrder } from './useHeldOrder'

const rowHeight = 90

/** The server counts closed conversations, which only grow, no further. */
const MOST_CLOSED = 1000

interface ConversationListProps {
  tab: Tab
  onTab: (tab: Tab) => void
  query: ReturnType<typeof useConversations>
  rows: readonly Conversation[]
  selected: string | undefined
}

/** The list pane: tabs with exact counts over the conversations, newest first. */
export function ConversationList({ tab, onTab, query, rows, selected }: ConversationListProps) {
  const { t } = useLingui()
  const format = useFormat()
  const counts = useCounts().data
  const labels: Record<Tab, string> = {
    mine: t`Mine`,
    unassigned: t`Unassigned`,
    all: t`All`,
    later: t`Later`,
    closed: t`Closed`,
  }
  const shown = (of: Tab, count: number) =>
    of === 'closed' && count >= MOST_CLOSED ? `${format.number(MOST_CLOSED)}+` : format.number(count)
  return (
    <section aria-label={t`Conversations`} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <h1 className="shrink-0 px-4 pt-4 pb-1.5 font-semibold font-serif text-page">
        {t({ message: 'Inbox', context: 'title of the page' })}
      </h1>
      <Tabs
        name={t`Which conversations`}
        value={tab}
        onChange={onTab}
        className="flex-1"
        panelClassName="flex flex-col"
        tabs={tabs.map((value) => ({
          value,
          label: labels[value],
          count: counts ? shown(value, counts[value]) : undefined,
        }))}
      >
        <Rows key={tab} tab={tab} onTab={onTab} query={query} rows={rows} selected={selected} />
      </Tabs>
    </section>
  )
}

function Rows({ tab, onTab, query, rows, selected }: ConversationListProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const now = useMinute()
  const numbers = useNumbers().data ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const { rows: shown, onPointerMove, onPointerLeave } = useHeldOrder(rows)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => shown[index]?.conversation_id ?? index,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= shown.length - 10) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, shown.length])

  // The chosen row is brought into sight when the keyboard moves to it, and only then.
  const place = useMemo(() => shown.findIndex((row) => row.conversation_id === selected), [shown, selected])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that moves by itself must not scroll the list
  useEffect(() => {
    if (place >= 0) virtualizer.scrollToIndex(place, { align: 'auto' })
  }, [selected])

  if (query.isPending) return <SkeletonRows />
  if (query.isError && rows.length === 0) {
    return (
      <Banner
        tone="warn"
        className="m-4"
        title={t`The list could not be loaded.`}
        action={
          <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
            {t`Try again`}
          </Button>
        }
      >
        {words(query.error).text}
      </Banner>
    )
  }
  if (rows.length === 0) return <EmptyList tab={tab} onTab={onTab} />
  return (
    <div
      ref={scroller}
      onPointerMove={onPointerMove}
      onPointerLeave={onPointerLeave}
      className="min-h-0 flex-1 overflow-y-auto"
    >
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = shown[index]
          return row ? (
            <li
              key={key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <ConversationRow
                conversation={row}
                selected={row.conversation_id === selected}
                showNumber={numbers.length > 1}
                now={now}
              />
            </li>
          ) : null
        })}
      </ul>
    </div>
  )
}
