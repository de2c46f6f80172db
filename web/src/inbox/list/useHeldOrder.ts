import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../api/types'

/** A pointer that has not moved for so long, in ms, is not about to click. */
const rest = 1_200

/**
 * While the pointer moves over the list, its rows keep their places, so that nothing slides under a click; what
 * they say stays fresh. New rows come in, and moved ones move, as soon as the pointer rests or leaves.
 */
export function useHeldOrder(rows: readonly Conversation[]) {
  const [held, setHeld] = useState(false)
  const [order, setOrder] = useState<readonly string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const current = useRef(rows)
  current.current = rows

  const onPointerLeave = useCallback(() => {
    clearTimeout(timer.current)
    setHeld(false)
  }, [])

  const onPointerMove = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setHeld(false), rest)
    setHeld((before) => {
      if (!before) setOrder(current.current.map((row) => row.conversation_id))
      return true
    })
  }, [])

  useEffect(() => () => clearTimeout(timer.current), [])

  const shown = useMemo(() => (held ? inOrder(rows, order) : rows), [held, rows, order])
  return { rows: shown, onPointerMove, onPointerLeave }
}

/** Rows that were there in their old order; what is new waits, pages loaded below come after. */
export function inOrder(rows: readonly Conversation[], order: readonly string[]): readonly Conversation[] {
  const byId = new Map(rows.map((row) => [row.conversation_id, row]))
  const kept = order.flatMap((id) => byId.get(id) ?? [])
  const known = new Set(order)
  const lastKnown = rows.findLastIndex((row) => known.has(row.conversation_id))
  return [...kept, ...rows.slice(lastKnown + 1)]
}
