import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { AtSign, CheckCheck, ChevronLeft } from 'lucide-react'
import { useMemo } from 'react'
import type { Mention } from '../api/desk'
import { getMentions, mentionsSeen } from '../api/deskcalls'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { keys } from '../inbox/data/queries'
import { NoteWords } from '../inbox/notes/NoteText'
import { useUnseenMentions } from '../inbox/notes/useUnseenMentions'
import { contactName } from '../inbox/words'
import { useCommands } from '../keys/commands'
import { Avatar } from '../ui/Avatar'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { cn } from '../ui/cn'
import { EmptyState } from '../ui/EmptyState'
import { IconButton } from '../ui/IconButton'
import { SkeletonRows } from '../ui/Skeleton'
import { toast } from '../ui/Toast'
import { useMinute } from '../ui/useMinute'
import { inOrder } from './order'

/** The notes that name whoever reads this, those first that were not looked at; each leads to its place. */
export function MentionsPane({ selected }: { selected: string | undefined }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const unseen = useUnseenMentions()
  const all = useInfiniteQuery({
    queryKey: [...keys.mentions, 'all'],
    queryFn: ({ pageParam }) => getMentions(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 30_000,
  })
  const lines = useMemo(
    () => inOrder(unseen.data?.data ?? [], all.data?.pages.flatMap((page) => page.data) ?? []),
    [unseen.data, all.data],
  )
  const fresh = lines.filter(({ seen_at }) => !seen_at).length

  async function seen(ids: readonly string[]) {
    try {
      await mentionsSeen(ids)
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
    void queries.invalidateQueries({ queryKey: keys.mentions })
  }
  const opened = ({ note, seen_at }: Mention) => {
    if (!seen_at) void seen([note.note_id])
  }
  function step(by: 1 | -1) {
    const place = lines.findIndex(({ note }) => note.note_id === selected)
    const next = lines[place < 0 ? 0 : place + by]
    if (!next) return
    opened(next)
    void navigate({
      to: '/c/$conversation',
      params: { conversation: next.note.conversation_id },
      search: { view: 'mentions', message: next.note.note_id },
    })
  }
  useCommands({ next: () => step(1), previous: () => step(-1) })

  const failed = unseen.error ?? all.error
  return (
    <section aria-label={t`Mentions`} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <div className="flex shrink-0 items-center gap-1 border-line border-b px-2 pt-3 pb-2">
        <Link
          to="/"
          search={{ view: undefined }}
          aria-label={t`Back to the list`}
          title={t`Back to the list`}
          className="flex size-8.5 shrink-0 items-center justify-center rounded-control text-text2 hover:bg-hover pointer-coarse:size-11"
        >
          <ChevronLeft aria-hidden size={20} strokeWidth={1.75} />
        </Link>
        <h1 className="mr-auto font-semibold font-serif text-page">{t`Mentions`}</h1>
        {fresh > 0 ? (
          <IconButton
            name={t`Mark all as read`}
            onClick={() => void seen(lines.filter(({ seen_at }) => !seen_at).map(({ note }) => note.note_id))}
            icon={<CheckCheck size={18} strokeWidth={1.75} />}
          />
        ) : null}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {failed && lines.length === 0 ? (
          <Banner
            tone="warn"
            className="m-4"
            title={t`The mentions could not be loaded.`}
            action={
              <Button
                size="small"
                busy={all.isFetching}
                onClick={() => void queries.invalidateQueries({ queryKey: keys.mentions })}
              >
                {t`Try again`}
              </Button>
            }
          >
            {words(failed).text}
          </Banner>
        ) : unseen.isPending || all.isPending ? (
          <SkeletonRows />
        ) : lines.length === 0 ? (
          <EmptyState className="mt-10" title={t`Nobody has named you yet.`}>
            {t`When a colleague writes @ and your name in a note, it appears here.`}
          </EmptyState>
        ) : (
          <ul>
            {lines.map((mention, place) => (
              <li key={mention.note.note_id}>
                {place === 0 || place === fresh ? (
                  <p className="px-4 pt-3 pb-1 font-semibold text-meta text-text3">
                    {place < fresh
                      ? t`Not read yet`
                      : t({ message: 'Read', context: 'notes that were looked at' })}
                  </p>
                ) : null}
                <Line
                  mention={mention}
                  selected={mention.note.note_id === selected}
                  onOpen={() => opened(mention)}
                />
              </li>
            ))}
          </ul>
        )}
        {all.hasNextPage ? (
          <p className="flex justify-center p-3">
            <Button size="small" onClick={() => all.fetchNextPage()} busy={all.isFetchingNextPage}>
              {t`Show older ones`}
            </Button>
          </p>
        ) : null}
      </div>
    </section>
  )
}

interface LineProps {
  mention: Mention
  selected: boolean
  onOpen: () => void
}

function Line({ mention: { note, conversation, seen_at }, selected, onOpen }: LineProps) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const at = new Date(note.created_at)
  const author = note.author?.name ?? t`Somebody`
  const name = contactName(conversation.contact)
  return (
    <Link
      to="/c/$conversation"
      params={{ conversation: note.conversation_id }}
      search={{ view: 'mentions', message: note.note_id }}
      onClick={onOpen}
      aria-current={selected ? 'true' : undefined}
      className={cn(
        'focus-inside relative flex gap-3 border-line border-b px-4 py-2.5 hover:bg-hover',
        selected &&
          'bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-ink hover:bg-selected',
      )}
    >
      {note.author ? (
        <Avatar id={note.author.person_id} name={author} of="person" size={36} className="mt-0.5" />
      ) : (
        <AtSign aria-hidden size={20} strokeWidth={1.75} className="mx-2 mt-2 shrink-0 text-text3" />
      )}
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <bdi className="min-w-0 flex-1 truncate font-semibold text-ui">{author}</bdi>
          <time
            dateTime={note.created_at}
            title={format.moment(at)}
            className={cn('shrink-0 text-meta text-text3', !seen_at && 'font-semibold text-seal-text')}
          >
            {format.short(at, now)}
          </time>
        </span>
        <span
          className={cn(
            'line-clamp-3 text-second text-text2 [overflow-wrap:anywhere]',
            !seen_at && 'text-text',
          )}
        >
          {seen_at ? null : <span className="sr-only">{t`Not read yet.`} </span>}
          <bdi>
            <NoteWords text={note.text} mentions={note.mentions} />
          </bdi>
        </span>
        <span className="truncate text-meta text-text3">{t`About ${name}`}</span>
      </span>
    </Link>
  )
}
