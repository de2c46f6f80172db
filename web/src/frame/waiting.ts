import { useSyncExternalStore } from 'react'
import type { Entry } from './entries'

const counts = new Map<Entry['to'], number>()
const listeners = new Set<() => void>()

/** A page says how much of it waits for the reader; the rail shows it as a badge. */
export function setWaiting(page: Entry['to'], count: number): void {
  counts.set(page, count)
  for (const changed of listeners) changed()
}

export function useWaiting(page: Entry['to']): number {
  return useSyncExternalStore(subscribe, () => counts.get(page) ?? 0)
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
