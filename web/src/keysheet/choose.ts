import type { MessageDescriptor } from '@lingui/core'
import type { KeyPress } from '../keys/chord'
import { keysOf, type OwnKeys, readOwnKeys } from '../keys/keymap'
import { type CommandId, commands, ownKeys } from '../keys/table'

const ids = Object.keys(commands) as CommandId[]

/** A press as the table writes it: "J", "Shift+E", "Ctrl+Alt+E"; empty for what is no key by itself. */
export function chordOf(press: KeyPress, mac = false): string {
  const { key, code, altKey, ctrlKey, metaKey, shiftKey } = press
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process'].includes(key)) return ''
  // AltGr writes a character.
  if (press.getModifierState?.('AltGraph')) return ''
  const place = /^Key([A-Z])$/.exec(code)?.[1]
  const letter = /^[a-z]$/i.test(key) ? key.toUpperCase() : altKey ? place : undefined
  const last = letter ?? (key.length === 1 && key !== ' ' ? key.toUpperCase() : key === ' ' ? 'Space' : key)
  const held = [
    ...(mac ? (metaKey ? ['Mod'] : []) : []),
    ...(ctrlKey ? ['Ctrl'] : []),
    ...(altKey ? ['Alt'] : []),
    // Of a sign it is part: the question mark is Shift with something else on most keyboards.
    ...(shiftKey && (letter || key.length > 1) ? ['Shift'] : []),
  ]
  // Without Ctrl or Alt a Windows key is the system's.
  if (metaKey && !mac) return ''
  return [...held, last].join('+')
}

/** The same chord is always written alike. */
function plain(chord: string, mac: boolean): string {
  return chord
    .split(' ')
    .map((part) => {
      const keys = part.split('+')
      const last = keys.pop() ?? ''
      const held = keys.map((name) => (name === 'Mod' && !mac ? 'Ctrl' : name)).toSorted()
      return [...held, last.toUpperCase()].join('+')
    })
    .join(' ')
}

/** What browsers keep to themselves, or would miss sorely. */
const browsers = [
  ...[
    'C',
    'V',
    'X',
    'A',
    'Z',
    'Y',
    'T',
    'N',
    'W',
    'R',
    'L',
    'P',
    'S',
    'F',
    'Shift+T',
    'Shift+N',
    'Shift+W',
  ].map((key) => `Mod+${key}`),
  ...['F1', 'F5', 'F6', 'F11', 'F12', 'Alt+F4', 'Alt+ArrowLeft', 'Alt+ArrowRight'],
]

/** What fields, lists and dialogs need. */
const fields = ['Escape', 'Enter', 'Space', 'Tab', 'Backspace', 'Delete', 'Home', 'End', 'PageUp', 'PageDown']

/** Why a chord cannot be the key of a command; `begins`: another key must follow, as after G. */
export type Problem =
  | { is: 'taken'; by: MessageDescriptor }
  | { is: 'begins' }
  | { is: 'field' }
  | { is: 'browser' }

export function problemWith(
  chord: string,
  command: CommandId,
  { own = readOwnKeys(), mac = false }: { own?: OwnKeys; mac?: boolean } = {},
): Problem | null {
  const wanted = plain(chord, mac)
  const is = (key: string) => plain(key, mac) === wanted
  // A command may have a key again that is its own.
  if (keysOf(command, {}).some(is) && !takenBy()) return null
  if (browsers.some(is)) return { is: 'browser' }
  if (fields.some(is) || /^(Shift\+)?ARROW/.test(wanted)) return { is: 'field' }
  const sign = ownKeys.find(({ keys }) => keys.some(is))
  if (sign) return { is: 'field' }
  const by = takenBy()
  if (by) return { is: 'taken', by: commands[by].label }
  const all = ids.filter((id) => id !== command).flatMap((id) => keysOf(id, own))
  if (all.some((key) => plain(key, mac).startsWith(`${wanted} `))) return { is: 'begins' }
  return null

  function takenBy(): CommandId | undefined {
    return ids.find((id) =>
      keysOf(id, own).some((key, place) => {
        if (id === command && place === 0) return false
        // After a key that means something by itself no second one is waited for.
        return is(key) || wanted.startsWith(`${plain(key, mac)} `)
      }),
    )
  }
}
