import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { actsWhileTyping, type KeyPress, pressed } from './chord'
import { keysOf } from './keymap'
import { type CommandId, commands } from './table'

/** What a part of the page does for some of the commands; undefined where one means nothing at the moment. */
export type Acts = Partial<Record<CommandId, (() => void) | undefined>>

/** So long, in ms, the first of two keys waits for the second. */
const patience = 1_200

/** Who acts on which command: the part that came last, which is the one on top. */
export class Commands {
  readonly #parts: { current: Acts }[] = []
  #first = ''
  #until = 0

  add(part: { current: Acts }): () => void {
    this.#parts.push(part)
    return () => {
      this.#parts.splice(this.#parts.indexOf(part), 1)
    }
  }

  find(id: CommandId): (() => void) | undefined {
    return this.#parts.findLast(({ current }) => current[id])?.current[id]
  }

  /** The commands that mean something now, in the order of the table. */
  available(): CommandId[] {
    return ids.filter((id) => this.find(id))
  }

  /** What a press means now, if anything; `typing` leaves the letters to the field. */
  meaning(press: KeyPress, typing: boolean, now: number): (() => void) | undefined {
    const first = now < this.#until ? this.#first : ''
    this.#first = ''
    for (const id of ids) {
      for (const keys of keysOf(id)) {
        const act = this.#means(keys, first, press, typing, now) ? this.find(id) : undefined
        if (act) return act
      }
    }
  }

  /** Whether a press completes these keys; the first of two is remembered. */
  #means(keys: string, first: string, press: KeyPress, typing: boolean, now: number): boolean {
    if (typing && !actsWhileTyping(keys)) return false
    const [before = '', after] = keys.split(' ')
    if (after === undefined) return first === '' && pressed(before, press)
    if (first !== '') return first === before && pressed(after, press)
    if (pressed(before, press)) {
      this.#first = before
      this.#until = now + patience
    }
    return false
  }
}

const ids = Object.keys(commands) as CommandId[]

const CommandsContext = createContext(new Commands())

export const useCommandTable = () => useContext(CommandsContext)

/** Binds commands for as long as the part is on the page. */
export function useCommands(acts: Acts): void {
  const table = useContext(CommandsContext)
  const current = useRef(acts)
  current.current = acts
  useEffect(() => table.add(current), [table])
}

/**
 * Listens for the keys of everything inside: everywhere on the page but where a menu or dialog is open, and single
 * letters not where somebody types.
 */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [table] = useState(() => new Commands())
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      // Safari says by the code alone that a key still belonged to a composition.
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || isLayerOpen()) return
      if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
      const act = table.meaning(event, isTyping(event.target), event.timeStamp)
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [table])
  return <CommandsContext value={table}>{children}</CommandsContext>
}

/** A layer above the page has keys of its own. */
function isLayerOpen(): boolean {
  return (
    document.querySelector(
      '[role="dialog"][data-state="open"], [role="menu"][data-state="open"], [role="alertdialog"][data-state="open"]',
    ) !== null
  )
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select, [role="slider"], video, audio')
}
