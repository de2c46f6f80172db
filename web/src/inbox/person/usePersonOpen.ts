import { useState, useSyncExternalStore } from 'react'

const key = 'kontor.person'
const wideEnough = '(width >= 80rem)'

/**
 * Whether the person pane is shown: beside the thread where there is room, and then the choice is remembered;
 * elsewhere as a drawer that is opened anew each time.
 */
export function usePersonOpen() {
  const wide = useSyncExternalStore(subscribe, () => window.matchMedia(wideEnough).matches)
  const [pane, setPane] = useState(readChoice)
  const [drawer, setDrawer] = useState(false)

  function set(open: boolean) {
    if (!wide) return setDrawer(open)
    setPane(open)
    try {
      localStorage.setItem(key, open ? 'open' : 'closed')
    } catch {
      // Forbidden: the choice holds as long as the page.
    }
  }

  const open = wide ? pane : drawer
  return { wide, open, set, toggle: () => set(!open) }
}

function readChoice(): boolean {
  try {
    return localStorage.getItem(key) !== 'closed'
  } catch {
    return true
  }
}

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(wideEnough)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
