import { useSyncExternalStore } from 'react'

/** How one person works on one machine. */
export interface Prefs {
  /** What sends: Enter (Shift Enter begins a line), or Ctrl Enter (Enter begins a line). */
  send: 'enter' | 'ctrl'
  /** A sound for messages in conversations of one's own. */
  sound: boolean
  /** The same as a notice of the system, while the page is not in sight. */
  notice: boolean
  /** The sound again every 30 seconds until it is read. */
  repeat: boolean
}

const key = 'kontor.prefs'
const first = { sound: false, notice: false, repeat: false }
/** The keyboard of a phone has no Shift Enter: there Enter begins a line, and the button sends. */
const onTouch = '(hover: none) and (pointer: coarse)'
const listeners = new Set<() => void>()
let kept: Prefs | null = null

export function readPrefs(): Prefs {
  kept ??= { ...first, send: window.matchMedia(onTouch).matches ? 'ctrl' : 'enter', ...stored() }
  return kept
}

export function changePrefs(change: Partial<Prefs>): void {
  kept = { ...readPrefs(), ...change }
  try {
    localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // Forbidden: the choice holds as long as the page.
  }
  for (const changed of listeners) changed()
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribe, readPrefs)
}

function stored(): Partial<Prefs> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return found !== null && typeof found === 'object' ? found : {}
  } catch {
    return {}
  }
}

/** Another tab of the same machine has changed them. */
function onStorage(event: StorageEvent): void {
  if (event.key !== key) return
  kept = null
  for (const changed of listeners) changed()
}

function subscribe(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', onStorage)
  listeners.add(changed)
  return () => {
    listeners.delete(changed)
    if (listeners.size === 0) window.removeEventListener('storage', onStorage)
  }
}
