import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { Store } from './store'
import type { World } from './world'

export const StoreContext = createContext<Store>(new Store())

export function useStore(): Store {
  return useContext(StoreContext)
}

/** One part of the world; the component is drawn anew when that part is another one. */
export function useWorld<Part>(part: (world: World) => Part): Part {
  const store = useStore()
  return useSyncExternalStore(store.subscribe, () => part(store.world()))
}

/** Meta's time, renewed each second or with each minute. */
export function useMetaTime(every: 'second' | 'minute'): Date {
  const offset = useWorld((world) => world.offset)
  const frozen = useWorld((world) => world.frozen)
  const step = every === 'second' ? 1_000 : 60_000
  const [real, setReal] = useState(Date.now)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    function tick() {
      const now = Date.now()
      setReal(now)
      // Counted in Meta's time, so that its seconds and minutes change when they do.
      timer = setTimeout(tick, step - ((((now + offset) % step) + step) % step))
    }
    tick()
    return () => clearTimeout(timer)
  }, [offset, step])
  return frozen ?? new Date(real + offset)
}

/** Whether the screen is wide enough, in px of the root size; follows when it is turned or resized. */
export function useWide(rem: number): boolean {
  const query = `(width >= ${rem}rem)`
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}

const visibility = (changed: () => void) => {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}

/** Whether somebody can see the page at all. */
export function usePageVisible(): boolean {
  return useSyncExternalStore(visibility, () => document.visibilityState === 'visible')
}
