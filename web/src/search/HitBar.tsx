import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import * as calls from '../api/calls'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { useCommands } from '../keys/commands'
import { useKeysOf } from '../keys/keymap'
import { announce } from '../ui/announce'
import { IconButton } from '../ui/IconButton'

interface HitBarProps {
  conversation: string
  /** What was looked for. */
  words: string
  /** The message that the address names; one of those found, unless it was changed since. */
  message: string | undefined
}

/** Goes from one place where the words occur in this conversation to the next, newest first. */
export function HitBar({ conversation, words, message }: HitBarProps) {
  const { t } = useLingui()
  const format = useFormat()
  const refusal = useRefusalWords()
  const navigate = useNavigate()
  const key = useKeysOf('nextHit', 'previousHit', 'back')
  const query = useInfiniteQuery({
    queryKey: ['search', 'in', conversation, words],
    queryFn: ({ pageParam, signal }) =>
      calls.search({ q: words, conversation_id: conversation }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 5_000,
    retry: false,
  })
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  const hits = query.data?.pages.flatMap((page) => page.data.map((hit) => hit.message.message_id)) ?? []
  const place = hits.indexOf(message ?? '')
  /** The older one was asked for before it was loaded. */
  const wants = useRef(false)

  // Ids rise with time: as long as the oldest one loaded is newer, the reader's own may still come.
  const further = message !== undefined && place < 0 && (hits.at(-1) ?? '~') > message
  // A page looks through so many messages and no more: on until there is something, and as far as the reader is.
  useEffect(() => {
    const wanted = hits.length === 0 || further || wants.current
    if (wanted && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, fetchNextPage, hits.length, further])

  const older = hits[place + 1]
  const newer = hits[place - 1]
  function go(to: string) {
    void navigate({
      to: '/c/$conversation',
      params: { conversation },
      search: (before: object) => ({ ...before, message: to, find: words }),
      replace: true,
    })
    announce(t`${format.number(hits.indexOf(to) + 1)} of ${count}`)
  }
  const count = `${format.number(hits.length)}${hasNextPage ? '+' : ''}`

  useEffect(() => {
    if (!wants.current || !older) return
    wants.current = false
    go(older)
  })

  function close() {
    void navigate({
      to: '/c/$conversation',
      params: { conversation },
      search: (before: object) => ({ ...before, find: undefined, message: undefined }),
      replace: true,
    })
  }
  const toOlder = () => {
    if (older) go(older)
    else if (hasNextPage) {
      wants.current = true
      void fetchNextPage()
    } else announce(t`There is no older one.`)
  }
  const toNewer = () => (newer ? go(newer) : announce(t`There is no newer one.`))
  useCommands({ nextHit: toOlder, previousHit: toNewer, back: close })

  const said = isError
    ? refusal(query.error).text
    : hits.length === 0
      ? isFetching
        ? t`Looking…`
        : t`Nothing was found here.`
      : place < 0
        ? t`${count} found here`
        : t`${format.number(place + 1)} of ${count}`
  return (
    <section
      aria-label={t`Found in this conversation`}
      className="flex min-h-10 shrink-0 items-center gap-2 border-line border-b bg-surface px-4 py-1 text-second"
    >
      <Search aria-hidden size={15} strokeWidth={1.75} className="shrink-0 text-text3" />
      <span className="min-w-0 truncate font-semibold">
        <bdi>{words}</bdi>
      </span>
      <span className="figures ml-auto shrink-0 text-meta text-text2">{said}</span>
      <IconButton
        name={t`Older place found`}
        keys={key.nextHit}
        aria-disabled={!older && !hasNextPage}
        onClick={toOlder}
        icon={<ChevronUp size={18} strokeWidth={1.75} />}
        className="size-7 aria-disabled:opacity-40"
      />
      <IconButton
        name={t`Newer place found`}
        keys={key.previousHit}
        aria-disabled={!newer}
        onClick={toNewer}
        icon={<ChevronDown size={18} strokeWidth={1.75} />}
        className="size-7 aria-disabled:opacity-40"
      />
      <IconButton
        name={t`Close`}
        keys={key.back}
        onClick={close}
        icon={<X size={15} strokeWidth={2} />}
        className="size-7"
      />
    </section>
  )
}
