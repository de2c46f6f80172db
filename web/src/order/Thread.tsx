import { useLingui } from '@lingui/react/macro'
import { LayoutTemplate, Trash2 } from 'lucide-react'
import { Fragment, useLayoutEffect, useRef } from 'react'
import type { Message } from '../api/types'
import { explain } from '../errors/meta'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { MessageButtons, MessageCard } from '../inbox/cards/MessageCard'
import { useDayWords } from '../inbox/thread/dayWords'
import { tickOf } from '../inbox/thread/state'
import { Banner } from '../ui/Banner'
import { Bubble, BubbleFailure, BubbleLabel, BubbleMeta, DayLine } from '../ui/Bubble'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { SkeletonRows } from '../ui/Skeleton'
import { useMinute } from '../ui/useMinute'
import { useDesk, useMessages } from './desk'
import { fileOf, MessageFile } from './MessageFile'

/** The messages of the order, the newest at the end and in sight. */
export function Thread() {
  const { t } = useLingui()
  const { name } = useDesk().order.customer
  const words = useRefusalWords()
  const now = useMinute()
  const day = useDayWords()
  const query = useMessages()
  const { messages } = query
  const scroll = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const newestOut = messages.findLast((message) => message.direction === 'outbound')?.message_id
  const last = messages.at(-1)?.message_id

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message at the end moves the end into sight
  useLayoutEffect(() => {
    const box = scroll.current
    if (!box) return
    const stay = () => {
      if (atEnd.current) box.scrollTop = box.scrollHeight
    }
    stay()
    // Pictures arrive later than their message, and the page around gives more room then.
    const sizes = new ResizeObserver(stay)
    sizes.observe(box)
    if (box.firstElementChild) sizes.observe(box.firstElementChild)
    return () => sizes.disconnect()
  }, [last])

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div
        ref={scroll}
        role="log"
        aria-label={t`Messages`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40
        }}
        className="focus-inside min-h-0 flex-1 overflow-y-auto"
      >
        <div data-natural className="flex flex-col gap-2 px-3 py-3">
          {query.hasNextPage ? (
            <Button
              size="small"
              className="self-center"
              busy={query.isFetchingNextPage}
              onClick={() => query.fetchNextPage()}
            >
              {t`Show earlier messages`}
            </Button>
          ) : null}
          {query.isPending ? <SkeletonRows count={3} avatar={false} rowClassName="h-14" /> : null}
          {query.isError && messages.length === 0 ? (
            <Banner
              tone="warn"
              title={t`The messages could not be loaded.`}
              action={
                <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
                  {t`Try again`}
                </Button>
              }
            >
              {words(query.error).text}
            </Banner>
          ) : null}
          {query.data && messages.length === 0 ? (
            <EmptyState
              title={t`No messages yet.`}
            >{t`What is written about this order appears here.`}</EmptyState>
          ) : null}
          {messages.map((message, place) => {
            const words = day(new Date(message.at), now)
            const before = messages[place - 1]
            return (
              <Fragment key={message.message_id}>
                {before && day(new Date(before.at), now) === words ? null : <DayLine>{words}</DayLine>}
                <OrderBubble message={message} name={name} newest={message.message_id === newestOut} />
              </Fragment>
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface OrderBubbleProps {
  message: Message
  name: string
  newest: boolean
}

function OrderBubble({ message, name, newest }: OrderBubbleProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { content, direction, status, at, author, errors } = message
  const out = direction === 'outbound'
  const failed = status === 'failed' || status === 'expired'
  const time = format.time(new Date(at))
  const file = fileOf(content)
  const template = content.template
  const { cause, next } = explain(errors[0]?.code)
  return (
    <Bubble
      kind={failed ? 'failed' : out ? 'out' : 'in'}
      aria-label={out ? t`Sent at ${time}` : t`${name} at ${time}`}
    >
      {template ? (
        <BubbleLabel icon={<LayoutTemplate aria-hidden size={13} strokeWidth={2} />}>
          {t`Template · ${template.name}`}
        </BubbleLabel>
      ) : null}
      {message.revoked_at ? (
        <p className="flex items-center gap-1.5 text-second text-text2">
          <Trash2 aria-hidden size={13} strokeWidth={2} className="shrink-0" />
          {t`The customer deleted this message.`}
        </p>
      ) : (
        <>
          {file ? <MessageFile message={message} file={file} /> : null}
          {file && content.type !== 'template' ? null : (
            <MessageCard
              content={template ? { ...content, template: { ...template, components: [] } } : content}
            />
          )}
        </>
      )}
      {failed ? (
        <BubbleFailure title={t`Not delivered.`}>
          {i18n._(cause)} {i18n._(next)}
        </BubbleFailure>
      ) : null}
      <BubbleMeta
        author={out ? author?.name : undefined}
        dateTime={at}
        state={failed ? undefined : tickOf(status)}
        word={newest}
      >
        {time}
      </BubbleMeta>
      {message.revoked_at ? null : <MessageButtons content={content} />}
    </Bubble>
  )
}
