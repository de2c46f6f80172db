import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { AtSign, ListChecks, ListFilter } from 'lucide-react'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { type Conversation, type Narrowing, type Tab, tabs } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { withWords } from '../../i18n/language'
import { useCommands } from '../../keys/commands'
import { useKeys, useKeysOf } from '../../keys/keymap'
import { Badge } from '../../ui/Badge'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { IconButton } from '../../ui/IconButton'
import { SkeletonRows } from '../../ui/Skeleton'
import { Tabs } from '../../ui/Tabs'
import { Tooltip } from '../../ui/Tooltip'
import { useMinute } from '../../ui/useMinute'
import type { useConversations } from '../data/queries'
import { useCounts, useNumbers } from '../data/queries'
import { useUnseenMentions } from '../notes/useUnseenMentions'
import { contactName } from '../words'
import { ConversationRow } from './ConversationRow'
import { EmptyList } from './EmptyList'
import { isNarrowed } from './narrowing'
import { nothingSelected, type Selection, through, toggled } from './selection'
import { useHeldOrder } from './useHeldOrder'

const listing = () => withWords('listing', import('../../listing/FilterBar'))
const FilterBar = lazy(() => listing().then(({ FilterBar }) => ({ default: FilterBar })))
const BulkBar = lazy(() =>
  withWords('listing', import('../../listing/BulkBar')).then(({ BulkBar }) => ({ default: BulkBar })),
)
const NothingFits = lazy(() => listing().then(({ NothingFits }) => ({ default: NothingFits })))

const rowHeight = 90

/** The server counts closed conversations, which only grow, no further. */
const MOST_CLOSED = 1000

interface ConversationListProps {
  tab: Tab
  onTab: (tab: Tab) => void
  narrowing: Narrowing
  onNarrow: (narrowing: Narrowing) => void
  query: ReturnType<typeof useConversations>
  rows: readonly Conversation[]
  selected: string | undefined
}

/** The list pane: tabs with exact counts over the conversations, newest first. */
export function ConversationList(props: ConversationListProps) {
  const { tab, onTab, narrowing, onNarrow } = props
  const { t } = useLingui()
  const [filters, setFilters] = useState<'closed' | 'open' | 'asked'>('closed')
  const key = useKeysOf('filter', 'select')
  const narrow = isNarrowed(narrowing)
  const [selection, setSelection] = useState<Selection | null>(null)
  const { rows, selected } = props
  const mayChange = usePerson().rights.includes('assign')
  useCommands({
    filter: () => setFilters('asked'),
    select:
      mayChange && selected ? () => setSelection(toggled(selection ?? nothingSelected, selected)) : undefined,
  })
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
      <div className="flex shrink-0 items-center gap-1 px-4 pt-4 pb-1.5">
        <h1 className="mr-auto font-semibold font-serif text-page">
          {t({ message: 'Inbox', context: 'title of the page' })}
        </h1>
        <MentionsLink />
        {mayChange ? (
          <IconButton
            name={t`Choose several`}
            keys={key.select}
            aria-pressed={selection !== null}
            onClick={() => setSelection(selection ? null : nothingSelected)}
            icon={<ListChecks size={18} strokeWidth={1.75} />}
          />
        ) : null}
        <IconButton
          name={t`Filter the list`}
          keys={key.filter}
          aria-expanded={filters !== 'closed' || narrow}
          aria-pressed={narrow}
          onClick={() => setFilters(filters === 'closed' ? 'asked' : 'closed')}
          icon={<ListFilter size={18} strokeWidth={1.75} />}
        />
      </div>
      {filters !== 'closed' || narrow ? (
        <Suspense fallback={<div className="h-8.5 shrink-0" />}>
          <FilterBar narrowing={narrowing} onChange={onNarrow} focus={filters === 'asked'} />
        </Suspense>
      ) : null}
      <Tabs
        name={t`Which conversations`}
        value={tab}
        onChange={(next) => {
          setSelection(null)
          onTab(next)
        }}
        className="flex-1"
        // All five fit a phone, in every language.
        listClassName="max-sm:justify-between max-sm:gap-2"
        panelClassName="flex flex-col"
        tabs={tabs.map((value) => ({
          value,
          label: labels[value],
          count: counts ? shown(value, counts[value]) : undefined,
        }))}
      >
        <Rows key={tab} {...props} selection={selection} onSelection={mayChange ? setSelection : undefined} />
      </Tabs>
      {selection ? (
        <Suspense fallback={<div className="h-23 shrink-0" />}>
          <BulkBar
            ids={selection.ids}
            loaded={rows.length}
            onAll={() => setSelection({ ids: new Set(rows.map((row) => row.conversation_id)), from: null })}
            onEnd={() => setSelection(null)}
            onDone={(done) =>
              setSelection((now) =>
                now ? { ids: new Set([...now.ids].filter((id) => !done.has(id))), from: null } : null,
              )
            }
          />
        </Suspense>
      ) : null}
    </section>
  )
}

/** The way to the notes that name the reader, and how many of them are new. */
function MentionsLink() {
  const { t } = useLingui()
  const unseen = useUnseenMentions().data?.data.length ?? 0
  const name = t`Mentions`
  return (
    <Tooltip text={name} keys={useKeys('goMentions')}>
      <Link
        to="/"
        search={{ view: 'mentions' }}
        aria-label={unseen > 0 ? t`Mentions, ${unseen} not read` : name}
        className="relative inline-flex size-8.5 shrink-0 items-center justify-center rounded-control text-text2 hover:bg-hover hover:text-text pointer-coarse:size-11"
      >
        <AtSign aria-hidden size={18} strokeWidth={1.75} />
        <Badge count={unseen} name="" className="absolute -top-1 -right-1.5" />
      </Link>
    </Tooltip>
  )
}

interface RowsProps extends ConversationListProps {
  /** Null while nobody chooses several. */
  selection: Selection | null
  onSelection: ((selection: Selection) => void) | undefined
}

function Rows(props: RowsProps) {
  const { tab, onTab, narrowing, onNarrow, query, rows, selected, selection, onSelection } = props
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
  /** Chooses a row, or with Shift all from the last one to it. */
  function choose(id: string, range: boolean) {
    const before = selection ?? { ...nothingSelected, from: selected ?? null }
    const places = shown.map((row) => row.conversation_id)
    onSelection?.(range ? through(before, places, id) : toggled(before, id))
  }
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
  if (rows.length === 0 && isNarrowed(narrowing)) {
    return (
      <Suspense fallback={null}>
        <NothingFits onAll={() => onNarrow({})} />
      </Suspense>
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
              // The tick stands where the picture of the person was.
              className={cn('absolute inset-x-0 top-0', selection && '[&>a>:first-child]:invisible')}
              style={{ transform: `translateY(${start}px)` }}
              onClickCapture={(event) => {
                if (!event.shiftKey || !onSelection || event.target instanceof HTMLInputElement) return
                event.preventDefault()
                event.stopPropagation()
                choose(row.conversation_id, true)
              }}
            >
              {selection ? (
                <label className="absolute top-2.5 left-3 z-10 flex size-11 items-center justify-center rounded-full">
                  <input
                    type="checkbox"
                    aria-label={t`Choose ${contactName(row.contact)}`}
                    checked={selection.ids.has(row.conversation_id)}
                    onChange={(event) =>
                      choose(row.conversation_id, (event.nativeEvent as MouseEvent).shiftKey === true)
                    }
                    className="size-5 accent-(--ink)"
                  />
                </label>
              ) : null}
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
