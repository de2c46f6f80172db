import { useLingui } from '@lingui/react/macro'
import { useNavigate } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useEffect, useId, useRef, useState } from 'react'
import { withWords } from '../../i18n/language'
import { useCommands } from '../../keys/commands'
import { useKeys } from '../../keys/keymap'
import { type Line, useSearch } from '../../search/useSearch'
import { ariaKeys, Kbd } from '../../ui/Kbd'
import { SkeletonRows } from '../../ui/Skeleton'

const SearchPane = lazy(() =>
  withWords('search', import('../../search/SearchPane')).then(({ SearchPane }) => ({ default: SearchPane })),
)

/** The field above the list; while something is looked for, what was found stands in the list's place. */
export function SearchFrame({ children }: { children: ReactNode }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const search = useSearch()
  /** A line by its id: what is found while somebody looks comes in front of it. */
  const [chosen, setChosen] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const base = useId()
  const { open, lines, query } = search
  const key = useKeys('search')
  const place = Math.max(
    0,
    lines.findIndex(({ id }) => id === chosen),
  )
  const choose = (next: number) => setChosen(lines[Math.max(0, Math.min(next, lines.length - 1))]?.id ?? '')

  useCommands({
    search: () => {
      search.show()
      field.current?.focus()
      field.current?.select()
    },
  })

  // Other words, other results: the first of them is the chosen one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed and chosen is the reason
  useEffect(() => setChosen(''), [search.words, search.filters])

  useEffect(() => {
    const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
    if (open && place >= lines.length - 3 && hasNextPage && !isFetchingNextPage && lines.length > 0) {
      void fetchNextPage()
    }
  }, [open, place, lines.length, query])

  function go(line: Line | undefined) {
    if (!line) return
    if ('message' in line) {
      const { conversation_id, message_id } = line.message.message
      void navigate({
        to: '/c/$conversation',
        params: { conversation: conversation_id },
        search: { message: message_id, find: search.words.trim() || undefined },
      })
      return
    }
    const { conversation_id, contact } = line.person
    void navigate({
      to: '/c/$conversation',
      params: { conversation: conversation_id ?? contact.contact_id },
      search: {},
    })
  }

  function close() {
    search.close()
    field.current?.blur()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + 5, PageUp: place - 5 }[event.key]
    if (to !== undefined && open) {
      event.preventDefault()
      choose(to)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(lines[place])
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (search.words && open) search.type('')
      else close()
    }
  }

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <search className="shrink-0 px-3 pt-3 pb-1">
        <label className="flex min-h-8.5 items-center gap-2 rounded-field bg-sunken px-2.5 text-text3 has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-1 pointer-coarse:min-h-11">
          <Search aria-hidden size={15} strokeWidth={1.75} className="shrink-0" />
          <input
            ref={field}
            role="combobox"
            aria-label={t`Search messages and people`}
            aria-keyshortcuts={ariaKeys(key)}
            aria-expanded={open && lines.length > 0}
            aria-controls={`${base}-list`}
            aria-autocomplete="list"
            aria-activedescendant={open && lines[place] ? `${base}-${place}` : undefined}
            autoComplete="off"
            enterKeyHint="search"
            maxLength={200}
            placeholder={t`Search messages and people`}
            value={search.words}
            onFocus={search.show}
            onChange={(event) => search.type(event.target.value)}
            onCompositionStart={() => search.compose(true)}
            onCompositionEnd={() => search.compose(false)}
            onKeyDown={onKeyDown}
            className="min-w-0 flex-1 text-ellipsis bg-transparent text-second text-text outline-none"
          />
          {open ? (
            <button
              type="button"
              onClick={close}
              aria-label={t`Close the search`}
              className="-mr-1.5 inline-flex size-7 shrink-0 items-center justify-center rounded-control hover:bg-hover hover:text-text pointer-coarse:size-11"
            >
              <X aria-hidden size={15} strokeWidth={2} />
            </button>
          ) : (
            <Kbd className="text-text2 opacity-100">{key ?? ''}</Kbd>
          )}
        </label>
      </search>
      {open ? (
        <Suspense fallback={<SkeletonRows rowClassName="h-19" />}>
          <SearchPane
            search={search}
            base={base}
            chosen={place}
            onChoose={choose}
            onGo={(line) => {
              field.current?.focus()
              go(line)
            }}
          />
        </Suspense>
      ) : null}
      {/* The list stays as it was scrolled. */}
      <div className={open ? 'hidden' : 'flex min-h-0 flex-1'}>{children}</div>
    </div>
  )
}
