import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import type { FoundMessage, FoundPerson } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { formatPhone } from '../i18n/phone'
import { contactName, usePreview } from '../inbox/words'
import { Avatar } from '../ui/Avatar'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { cn } from '../ui/cn'
import { EmptyState } from '../ui/EmptyState'
import { SkeletonRows } from '../ui/Skeleton'
import { Spinner } from '../ui/Spinner'
import { useMinute } from '../ui/useMinute'
import { Excerpt } from './Excerpt'
import { IndexingNote } from './IndexingNote'
import { noFilters } from './question'
import { SearchHelp } from './SearchHelp'
import type { Line, Searching } from './useSearch'

export interface SearchResultsProps {
  search: Searching
  /** Ids of the lines begin with it, for the field that steers them. */
  base: string
  chosen: number
  onChoose: (place: number) => void
  onGo: (line: Line) => void
}

/** What was found: people, then messages, newest first. */
export function SearchResults({ search, base, chosen, onChoose, onGo }: SearchResultsProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const list = useRef<HTMLDivElement>(null)
  const { query, lines, people, idle, indexing } = search

  // biome-ignore lint/correctness/useExhaustiveDependencies: the keyboard moves it, and only then it is brought into sight
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  if (idle) return <SearchHelp />
  if (query.isPending) return <SkeletonRows rowClassName="h-19" />
  if (query.isError && lines.length === 0) {
    return (
      <Banner
        tone="warn"
        className="m-4"
        title={t`The search did not work.`}
        action={
          <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
            {t`Try again`}
          </Button>
        }
      >
        {words(query.error).text}
      </Banner>
    )
  }
  const more = query.hasNextPage
  return (
    <div ref={list} className="min-h-0 flex-1 overflow-y-auto pb-3" aria-busy={query.isPlaceholderData}>
      {indexing ? <IndexingNote {...indexing} /> : null}
      <div role="listbox" id={`${base}-list`} aria-label={t`Found`}>
        {lines.map((line, place) => (
          <div key={line.id} className="contents">
            {place === 0 || place === people ? (
              <p aria-hidden className="px-4 pt-3 pb-1 font-semibold text-meta text-text3">
                {place < people ? t`People` : t`Messages`}
              </p>
            ) : null}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys */}
            <div
              id={`${base}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === chosen}
              onPointerMove={() => onChoose(place)}
              // The field keeps the focus, so that the arrows go on from here.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onGo(line)}
              className={cn(
                'flex min-h-11 cursor-pointer gap-3 border-line border-b px-4 py-2.5',
                place === chosen && 'bg-selected',
              )}
            >
              {'person' in line ? <PersonLine person={line.person} /> : <MessageLine found={line.message} />}
            </div>
          </div>
        ))}
      </div>
      {lines.length === 0 && !more ? (
        <EmptyState
          title={t`Nothing was found.`}
          action={
            search.filtered ? (
              <Button onClick={() => search.filter(noFilters)}>{t`Search without filters`}</Button>
            ) : null
          }
        >
          {t`Fewer letters find more. Every word must occur in the same message.`}
        </EmptyState>
      ) : null}
      {more ? (
        <p className="flex justify-center p-3">
          <Button size="small" onClick={() => query.fetchNextPage()} busy={query.isFetchingNextPage}>
            {t`Look further back`}
          </Button>
        </p>
      ) : null}
      <p role="status" className="sr-only">
        {query.isPlaceholderData ? '' : lines.length === 1 ? t`1 found` : t`${lines.length} found`}
      </p>
      {query.isPlaceholderData ? (
        <p className="flex justify-center p-2 text-text3">
          <Spinner />
        </p>
      ) : null}
    </div>
  )
}

function PersonLine({ person }: { person: FoundPerson }) {
  const { contact, name, phone } = person
  const marked = phone.some(({ match }) => match)
  return (
    <>
      <Avatar id={contact.contact_id} name={contactName(contact)} of="customer" size={36} />
      <span className="flex min-w-0 flex-1 flex-col">
        <bdi className="truncate font-semibold text-ui">
          <Excerpt parts={name} />
        </bdi>
        {contact.phone ? (
          <span className="figures truncate text-meta text-text2">
            {marked ? (
              <>
                +<Excerpt parts={phone} />
              </>
            ) : (
              formatPhone(contact.phone)
            )}
          </span>
        ) : null}
      </span>
    </>
  )
}

function MessageLine({ found }: { found: FoundMessage }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const preview = usePreview()
  const { message, contact, excerpt } = found
  const at = new Date(message.at)
  const shown = excerpt.length > 0 ? excerpt : [{ text: preview(message).text, match: false }]
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex items-baseline gap-2">
        <bdi className="min-w-0 flex-1 truncate font-semibold text-second">{contactName(contact)}</bdi>
        <time dateTime={at.toISOString()} title={format.moment(at)} className="shrink-0 text-meta text-text2">
          {format.recent(at, now)}
        </time>
      </span>
      <span dir="auto" className="line-clamp-3 text-second text-text2 [overflow-wrap:anywhere]">
        {message.direction === 'outbound' ? (
          <span className="text-text">
            {message.author?.name ? `${message.author.name}: ` : `${t`We:`} `}
          </span>
        ) : null}
        <Excerpt parts={shown} />
      </span>
    </span>
  )
}
