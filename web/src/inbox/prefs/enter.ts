import type { KeyboardEvent } from 'react'
import type { Prefs } from './prefs'

/** Whether Enter, with what is held beside it, sends: Ctrl Enter does either way, Shift Enter begins a line. */
export function sends(
  event: Pick<KeyboardEvent, 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>,
  by: Prefs['send'],
): boolean {
  if (event.shiftKey || event.altKey) return false
  return by === 'enter' || event.ctrlKey || event.metaKey
}
