import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { useHistory } from '../data/queries'
import type { Item } from './items'

/** So near to the end, in px, counts as being there. */
const nearEnd = 80

/** When so many rows are left before an end of what is loaded, more is fetched. */
const ahead = 12

/** What a thread goes to as soon as it is loaded: a message or note, or the newest. */
type Goal = { id: string } | 'newest'

interface ThreadScroll {
  items: readonly Item[]
  history: ReturnType<typeof useHistory>
  scroller: RefObject<HTMLElement | null>
}

/**
 * The scrolling of a thread of any length: only the rows in sight exist, more is fetched towards both ends, and what
 * the reader looks at keeps its place while rows come, go and get their true heights. At the newest end new messages
 * are followed.
 */
export function useThreadScroll({ items, history, scroller }: ThreadScroll) {
  const { hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage, goTo } = history
  const [nearBottom, setNearBottom] = useState(true)
  const [goal, setGoal] = useState<Goal | null>(null)
  const [marked, setMarked] = useState('')
  // What arrives at the end of a part in the middle is read on, not followed; so it counts what was before it came.
  const atNewest = useRef(!hasPreviousPage)

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]?.key ?? index,
    estimateSize: (index) => (items[index]?.kind === 'day' ? 34 : 76),
    overscan: 8,
    paddingStart: 8,
    paddingEnd: 8,
    anchorTo: 'end',
    followOnAppend: atNewest.current,
    scrollEndThreshold: nearEnd,
    onChange: (instance) => setNearBottom(instance.isAtEnd(nearEnd)),
  })
  useEffect(() => {
    atNewest.current = !hasPreviousPage
  }, [hasPreviousPage])
  const rows = virtualizer.getVirtualItems()
  const first = rows[0]?.index ?? 0
  const last = rows.at(-1)?.index ?? 0
  const filled = items.length > 0

  // Reading begins at the first unread message, else at the end.
  const begins = useRef(items)
  begins.current = items
  useLayoutEffect(() => {
    if (!filled) return
    const unread = begins.current.findIndex(({ kind }) => kind === 'unread')
    if (unread >= 0) virtualizer.scrollToIndex(unread, { align: 'start' })
    else virtualizer.scrollToEnd()
  }, [filled, virtualizer])

  // The field grows and shrinks under the thread; whoever reads the end goes on reading the end.
  const atEnd = nearBottom && !hasPreviousPage
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
  }, [filled, virtualizer, scroller])

  useEffect(() => {
    if (!filled || isFetching || goal) return
    if (first < ahead && hasNextPage) void fetchNextPage()
    else if (last >= items.length - ahead && hasPreviousPage) void fetchPreviousPage()
  }, [
    filled,
    isFetching,
    goal,
    first,
    last,
    items.length,
    hasNextPage,
    hasPreviousPage,
    fetchNextPage,
    fetchPreviousPage,
  ])

  useEffect(() => {
    if (!goal) return
    if (goal === 'newest') {
      if (hasPreviousPage) return
      virtualizer.scrollToEnd()
      setGoal(null)
      return
    }
    const index = items.findIndex(({ key }) => key === goal.id)
    if (index < 0) return
    virtualizer.scrollToIndex(index, { align: 'center' })
    setMarked(goal.id)
    setGoal(null)
  }, [goal, items, hasPreviousPage, virtualizer])

  useEffect(() => {
    if (!marked) return
    const timer = setTimeout(() => setMarked(''), 2_000)
    return () => clearTimeout(timer)
  }, [marked])

  const current = useRef(items)
  current.current = items
  /** Goes to a message or note, wherever in the history it is; false when it could not be loaded. */
  const jumpTo = useCallback(
    async (id: string): Promise<boolean> => {
      setGoal({ id })
      if (current.current.some(({ key }) => key === id)) return true
      try {
        await goTo({ around: id })
        return true
      } catch {
        setGoal(null)
        return false
      }
    },
    [goTo],
  )

  /** Goes to the newest message, also from a part in the middle. */
  const toNewest = useCallback(async () => {
    setGoal('newest')
    if (!hasPreviousPage) return
    await goTo({}).catch(() => setGoal(null))
  }, [goTo, hasPreviousPage])

  return { virtualizer, rows, first, atEnd, marked, jumpTo, toNewest }
}
