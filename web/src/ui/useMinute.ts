import { useSyncExternalStore } from 'react'
import { clockNow, onClockJump } from './clock'

const minute = 60_000

/** The present moment, renewed when a minute begins: everything on a page that counts down steps together. */
export function useMinute(): Date {
  return new Date(useSyncExternalStore(subscribe, () => Math.floor(clockNow() / minute) * minute))
}

function subscribe(changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  function wait() {
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        changed()
        wait()
      },
      minute - (clockNow() % minute),
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
