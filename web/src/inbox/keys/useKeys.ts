import { useEffect, useRef } from 'react'

/** What each key does; all names are written small. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>

/**
 * Single keys, everywhere on the page but where somebody types or a menu or dialog is open. They follow the
 * letter, not the place of the key, so a German keyboard's Z is Z.
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys)
  useEffect(() => {
    current.current = keys
  })
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing) return
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return
      const action = current.current[event.key.toLowerCase()]
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Typing, or a layer above the page that has keys of its own. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]'))
    return true
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select, [role="slider"], video, audio')
}
