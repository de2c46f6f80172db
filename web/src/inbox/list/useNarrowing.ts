import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Narrowing } from '../../api/types'
import { narrowed, readNarrowing } from './narrowing'

/** What the list is narrowed by, and how to change it: it stands in the address, so it can be shared. */
export function useNarrowing(): [Narrowing, (narrowing: Narrowing) => void] {
  const navigate = useNavigate()
  const search: Record<string, unknown> = useSearch({ strict: false })
  const names = narrowed.map((name) => String(search[name] ?? '')).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same names are the same narrowing
  const narrowing = useMemo(() => readNarrowing(search), [names])
  // What is taken away is named, or the address would keep it.
  const none = Object.fromEntries(narrowed.map((name) => [name, undefined]))
  return [
    narrowing,
    (next) =>
      void navigate({
        to: '.',
        search: (before: object) => ({ ...before, ...none, ...next }),
        replace: true,
      }),
  ]
}

/** For the way back from a conversation: to the list or to the mentions, from where it was opened. */
export const keepView = ({ view }: { view?: 'mentions' }): { view?: 'mentions' } => ({ view })
