import { useId, useState } from 'react'
import type { Suggestion } from './Suggestions'
import { moveThrough } from './Suggestions'
import { type Asked, askedBy, type Sign } from './trigger'

interface SuggestionsFor {
  sign: Sign
  text: string
  /** Where the cursor stands; null while the field is not focused. */
  cursor: number | null
  /** How many words a question may have. */
  words?: number
  items: (question: string) => readonly Suggestion[]
  onPick: (asked: Asked, item: Suggestion) => void
}

/** What a sign before the cursor asks for, and the keys that choose from it. Escape closes until the next sign. */
export function useSuggestions({ sign, text, cursor, words, items, onPick }: SuggestionsFor) {
  const id = useId()
  const [closed, setClosed] = useState(-1)
  const [chosen, setChosen] = useState(0)
  const [before, setBefore] = useState('')
  const found = cursor === null ? null : askedBy(sign, text, cursor, words)
  const asked = found && found.from !== closed ? found : null
  if (!found && closed >= 0) setClosed(-1)
  if (asked && asked.question !== before) {
    setBefore(asked.question)
    setChosen(0)
  }
  const list = asked ? items(asked.question) : []
  const place = Math.min(chosen, Math.max(0, list.length - 1))

  function pick(at: number) {
    const item = list[at]
    if (asked && item) onPick(asked, item)
  }

  return {
    open: asked !== null,
    question: asked?.question ?? '',
    list,
    chosen: place,
    pick,
    id,
    /** Whether the key meant something here. */
    onKey(key: string): boolean {
      if (!asked) return false
      if (key === 'Escape') {
        setClosed(asked.from)
        return true
      }
      return moveThrough(key, { count: list.length, chosen: place, onChoose: setChosen, onPick: pick })
    },
    /** For the field. */
    aria: asked
      ? {
          role: 'combobox' as const,
          'aria-expanded': true,
          'aria-controls': id,
          'aria-autocomplete': 'list' as const,
          'aria-activedescendant': list.length > 0 ? `${id}-${place}` : undefined,
        }
      : {},
  }
}
