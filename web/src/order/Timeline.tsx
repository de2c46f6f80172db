import { useLingui } from '@lingui/react/macro'
import {
  CalendarClock,
  CircleAlert,
  CirclePlus,
  Link2,
  Lock,
  LockOpen,
  type LucideIcon,
  MessageSquareText,
  Pencil,
  SendHorizontal,
} from 'lucide-react'
import { explain } from '../errors/meta'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { tickOf } from '../inbox/thread/state'
import { usePreview } from '../inbox/words'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { cn } from '../ui/cn'
import { SkeletonRows } from '../ui/Skeleton'
import { Ticks } from '../ui/Ticks'
import type { Order, OrderEvent } from './api'
import { useStatusName, useTimeline } from './queries'
import { useEventWords, useProblemWords } from './words'

const icons: Readonly<Record<string, LucideIcon>> = {
  created: CirclePlus,
  appointment: CalendarClock,
  notice_scheduled: CalendarClock,
  notice_dropped: CalendarClock,
  closed: Lock,
  reopened: LockOpen,
  notified: SendHorizontal,
  problem: CircleAlert,
  linked: Link2,
  status: MessageSquareText,
}

/** What happened to an order, the newest last: changes, the messages about them, and why one was not sent. */
export function Timeline({ order }: { order: Order }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const query = useTimeline(order.id)
  return (
    <section
      aria-label={t`Timeline`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
      tabIndex={0}
      className="focus-inside min-h-0 flex-1 overflow-y-auto px-5 py-4 max-sm:px-3.5"
    >
      {query.isPending ? <SkeletonRows count={4} avatar={false} rowClassName="h-14" /> : null}
      {query.isError ? (
        <Banner
          tone="warn"
          title={t`The timeline could not be loaded.`}
          action={
            <Button size="small" onClick={() => query.refetch()} busy={query.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(query.error).text}
        </Banner>
      ) : null}
      <ol aria-label={t`Timeline`} className="flex max-w-160 flex-col">
        {query.data?.map((event, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added at the end
          <Entry key={place} event={event} />
        ))}
      </ol>
    </section>
  )
}

function Entry({ event }: { event: OrderEvent }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const preview = usePreview()
  const name = useStatusName()
  const what = useEventWords()
  const why = useProblemWords()
  const { kind, message, author, at, due_at, code, detail } = event
  const Icon = icons[kind] ?? Pencil
  const failed = message && (message.status === 'failed' || message.status === 'expired')
  const tick = message?.direction === 'outbound' ? tickOf(message.status) : undefined
  const { cause, next } = explain(message?.errors[0]?.code)
  const bad = kind === 'problem' || failed
  return (
    <li className="flex gap-3 border-line border-b py-2.5 last:border-0">
      <Icon
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className={cn('mt-0.5 shrink-0 text-text2', bad && 'text-bad')}
      />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className={cn('font-semibold text-second', bad && 'text-bad')}>
            {what(event, (key) => name(key, i18n.locale))}
          </span>
          <time dateTime={at} className="text-meta text-text3">
            {format.moment(new Date(at))}
          </time>
          {author?.name ? <span className="text-meta text-text3">{author.name}</span> : null}
        </p>
        {due_at && kind !== 'notified' ? (
          <p className="text-second text-text2">{format.moment(new Date(due_at))}</p>
        ) : null}
        {message ? (
          <p dir="auto" className="text-second [overflow-wrap:anywhere]">
            {preview(message).text}
          </p>
        ) : null}
        {tick && !failed ? <Ticks state={tick} word className="text-meta text-text2" /> : null}
        {failed ? (
          <p className="text-second">
            {t`Not delivered.`} {i18n._(cause)} {i18n._(next)}
          </p>
        ) : null}
        {kind === 'problem' ? (
          <>
            <p className="text-second">{why(code ?? '', detail ?? '')}</p>
            <p className="font-mono text-text3 text-tiny">{code}</p>
          </>
        ) : null}
      </div>
    </li>
  )
}
