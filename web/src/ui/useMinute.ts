import { useSyncExternalStore } from 'react'

const minute = 60_000

/** The present moment, renewed when a minute begins: everything on a page that counts down steps together. */
export function useMinute(): Date {
  return new Date(useSyncExternalStore(subscribe, () => Math.floor(Date.now() / minute) * minute))
}

function subscribe(changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  function wait() {
    timer = setTimeout(
      () => {
        changed()
        wait()
      },
      minute - (Date.now() % minute),
    )
  }
  wait()
  return () => clearTimeout(timer)
}
