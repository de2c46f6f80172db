import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import * as calls from '../api/calls'
import type { FoundMessage, FoundPerson } from '../api/types'
import { keys } from '../inbox/data/queries'
import { clockNow } from '../ui/clock'
import { useMinute } from '../ui/useMinute'
import { type Filters, filtered, noFilters, questionOf } from './question'

/** So long, in ms, typing must pause before the server is asked. */
const pause = 160
/** So often, in ms, it is asked again while the index has not come so far yet. */
const again = 5_000

function behind(indexing: { until: string | null; past: boolean } | undefined): boolean {
  return Boolean(indexing && (indexing.past || clockNow() - new Date(indexing.until ?? 0).getTime() > again))
}

/** One line of the results: a person or a message. */
export type Line = { id: string } & ({ person: FoundPerson } | { message: FoundMessage })

/** The state of the search: what is typed and chosen, and what the server answers. */
export function useSearch() {
  const now = useMinute()
  const [open, setOpen] = useState(false)
  const [words, setWords] = useState('')
  const [filters, setFilters] = useState<Filters>(noFilters)
  const [composing, setComposing] = useState(false)
  const [asked, setAsked] = useState('')

  useEffect(() => {
    if (composing) return
    const timer = setTimeout(() => setAsked(words), words === '' ? 0 : pause)
    return () => clearTimeout(timer)
  }, [words, composing])

  const question = open ? questionOf(asked, filters, now) : null
  const query = useInfiniteQuery({
    queryKey: [...keys.found, question],
    queryFn: ({ pageParam, signal }) => calls.search(question ?? { q: '' }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: question !== null,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    refetchInterval: ({ state }) => (behind(state.data?.pages[0]?.indexing) ? again : false),
    retry: false,
  })
  const pages = question ? query.data?.pages : undefined
  const lines = useMemo(() => {
    const people = (pages?.[0]?.people ?? []).map(
      (person): Line => ({ id: person.contact.contact_id, person }),
    )
    const messages = (pages ?? []).flatMap((page) =>
      page.data.map((message): Line => ({ id: message.message.message_id, message })),
    )
    return [...people, ...messages]
  }, [pages])

  return {
    open,
    words,
    filters,
    /** Nothing to ask: the field is empty. */
    idle: question === null,
    query,
    lines,
    people: pages?.[0]?.people.length ?? 0,
    indexing: pages?.[0]?.indexing,
    show: () => setOpen(true),
    type: (next: string) => {
      setWords(next)
      setOpen(true)
    },
    filter: (some: Partial<Filters>) => {
      setFilters({ ...filters, ...some })
      setOpen(true)
    },
    filtered: filtered(filters),
    compose: setComposing,
    close: () => {
      setOpen(false)
      setWords('')
      setAsked('')
      setFilters(noFilters)
    },
  }
}

export type Searching = ReturnType<typeof useSearch>
