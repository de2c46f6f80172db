import { useCallback, useSyncExternalStore } from 'react'
import { clockNow, onClockJump } from '../../ui/clock'

/** setTimeout cannot wait longer; a window is never that long, but a wrong clock may be. */
const longest = 2_147_483_647

/** Whether free text may be sent now; turns false at the very moment the window closes. */
export function useWindowOpen(until: string | null): boolean {
  const end = until ? Date.parse(until) : 0
  const subscribe = useCallback((changed: () => void) => watch(end, changed), [end])
  return useSyncExternalStore(subscribe, () => end > clockNow())
}

/** Calls when the end has come, or when the clock has jumped over it or back. */
function watch(end: number, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  function wait() {
    clearTimeout(timer)
    const left = end - clockNow()
    if (left <= 0) return
    timer = setTimeout(
      () => {
        changed()
        wait()
      },
      Math.min(left, longest),
    )
  }
  wait()
  const stop = onClockJump(() => {
    changed()
    wait()
  })
  return () => {
    stop()
    clearTimeout(timer)
  }
}
