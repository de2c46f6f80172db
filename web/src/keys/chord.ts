/** What a key event says, as far as chords care. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'> & {
  getModifierState?: (name: string) => boolean
}

/** On a Mac the command key opens what Ctrl opens elsewhere. */
export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/**
 * Whether a press is a chord such as "J", "Shift+E", "Alt+J", "Ctrl+Alt+E" or "Mod+K". Letters follow what is
 * printed on the key, so a German keyboard's Z is Z; only together with Alt, which changes the letter on a Mac,
 * they follow its place. AltGr writes letters and is no chord.
 */
export function pressed(chord: string, press: KeyPress): boolean {
  const parts = chord.split('+')
  const key = parts.pop() ?? ''
  const wants = (name: string) => parts.includes(name)
  if (press.getModifierState?.('AltGraph')) return false
  const ctrl = wants('Ctrl') || (wants('Mod') && !isMac)
  const meta = wants('Mod') && isMac
  if (press.altKey !== wants('Alt') || press.ctrlKey !== ctrl || press.metaKey !== meta) return false
  if (!/^[A-Z]$/.test(key)) return press.key.toLowerCase() === key.toLowerCase()
  if (press.shiftKey !== wants('Shift')) return false
  return press.key.toLowerCase() === key.toLowerCase() || (press.altKey && press.code === `Key${key}`)
}

/** Whether a chord also acts while somebody types. */
export const actsWhileTyping = (chord: string) => /^(Alt|Ctrl|Mod)\+/.test(chord)

/** A chord as people say it: "Ctrl K", "Alt J", "Esc". */
export function spoken(chord: string): string {
  return chord
    .replace('Mod', isMac ? '⌘' : 'Ctrl')
    .replaceAll('+', ' ')
    .replace('Escape', 'Esc')
}
