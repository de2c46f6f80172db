import { useSyncExternalStore } from 'react'
import { spoken } from './chord'
import { type CommandId, commands } from './table'

/** What a person has put in the place of a command's first key, on this machine. */
export type OwnKeys = Readonly<Partial<Record<CommandId, string>>>

const key = 'kontor.keys'
const listeners = new Set<() => void>()
let kept: OwnKeys | null = null

export function readOwnKeys(): OwnKeys {
  kept ??= stored()
  return kept
}

/** Gives a command another first key; without one it gets back the key of the table. */
export function changeKey(id: CommandId, chord?: string): void {
  const { [id]: _, ...others } = readOwnKeys()
  keep(chord && chord !== commands[id].keys[0] ? { ...others, [id]: chord } : others)
}

/** Every command has the keys of the table again. */
export const resetKeys = (): void => keep({})

/** The keys of a command, the shown one first: those of the table, of which a person may have changed the first. */
export function keysOf(id: CommandId, own: OwnKeys = readOwnKeys()): readonly string[] {
  const [first, ...others] = commands[id].keys as readonly string[]
  const chosen = own[id] ?? first
  return chosen ? [chosen, ...others] : others
}

export function useOwnKeys(): OwnKeys {
  return useSyncExternalStore(subscribe, readOwnKeys)
}

/** The shown key of a command as people say it, "Ctrl K". */
export function useKeys(id: CommandId): string | undefined {
  const [first] = keysOf(id, useOwnKeys())
  return first && spoken(first)
}

/** The same of several commands. */
export function useKeysOf<Id extends CommandId>(...ids: Id[]): Record<Id, string | undefined> {
  const own = useOwnKeys()
  const said = (id: Id) => {
    const [first] = keysOf(id, own)
    return first && spoken(first)
  }
  return Object.fromEntries(ids.map((id) => [id, said(id)])) as Record<Id, string | undefined>
}

function keep(own: OwnKeys): void {
  kept = own
  try {
    if (Object.keys(own).length > 0) localStorage.setItem(key, JSON.stringify(own))
    else localStorage.removeItem(key)
  } catch {
    // Forbidden: the keys hold as long as the page.
  }
  for (const changed of listeners) changed()
}

/** What was kept, but for what no longer is a command or a key. */
function stored(): OwnKeys {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    if (found === null || typeof found !== 'object') return {}
    return Object.fromEntries(
      Object.entries(found).filter(([id, chord]) => id in commands && typeof chord === 'string' && chord),
    )
  } catch {
    return {}
  }
}

/** Another tab of the same machine has changed them. */
function onStorage(event: StorageEvent): void {
  if (event.key !== key && event.key !== null) return
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
