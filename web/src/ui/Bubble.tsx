import { useLingui } from '@lingui/react/macro'
import { CircleAlert, StickyNote } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { type TickState, Ticks } from './Ticks'

const looks = {
  in: 'self-start rounded-bl-tail border-line bg-bubble-in',
  out: 'self-end rounded-br-tail border-transparent bg-bubble-out',
  note: 'self-end rounded-br-tail border-note-line border-dashed bg-bubble-note',
  failed: 'self-end rounded-br-tail border-bad-line bg-bad-tint',
  /** Still here: it leaves when the seconds of the undo have passed. */
  undo: 'self-end rounded-br-tail border-line-strong border-dashed bg-bubble-out',
} as const

interface BubbleProps extends ComponentProps<'article'> {
  kind: keyof typeof looks
}

/**
 * One message. The parts go inside in this order: BubbleLabel, BubbleQuote, media, MessageText, BubbleMeta,
 * BubbleButtons. The parent is a column (`flex flex-col gap-2`). Give it `tabIndex={-1}` or a roving tab
 * index where bubbles can be walked with the keyboard.
 */
export function Bubble({ kind, className, children, ...rest }: BubbleProps) {
  const { t } = useLingui()
  return (
    <article
      {...rest}
      className={cn(
        'group/bubble flex w-fit min-w-22 max-w-[min(31.25rem,84%)] flex-col gap-1 overflow-clip rounded-bubble border px-3 py-1.5 sm:max-w-[min(31.25rem,74%)]',
        looks[kind],
        className,
      )}
    >
      {kind === 'note' ? (
        <BubbleLabel icon={<StickyNote size={13} strokeWidth={2} />} className="text-warn">
          {t`Note · only your team sees this`}
        </BubbleLabel>
      ) : null}
      {children}
    </article>
  )
}

interface BubbleLabelProps {
  icon?: ReactNode
  children: ReactNode
  className?: string
}

/** Says what kind of message it is: a template's name, the bot that spoke. */
export function BubbleLabel({ icon, children, className }: BubbleLabelProps) {
  return (
    <div className={cn('flex items-center gap-1.5 font-semibold text-text2 text-tiny', className)}>
      {icon}
      {children}
    </div>
  )
}

interface BubbleQuoteProps {
  author: ReactNode
  text: ReactNode
  lang?: string
  /** Goes to the message that is quoted. */
  onOpen?: () => void
}

/** The message that this one answers, cut to two lines. */
export function BubbleQuote({ author, text, lang, onOpen }: BubbleQuoteProps) {
  const look =
    'block w-full rounded-key border-ink border-l-3 bg-surface/55 px-2.5 py-1 text-left text-meta text-text2'
  const inside = (
    <>
      <span className="block font-semibold">{author}</span>
      <span lang={lang} dir="auto" className="line-clamp-2">
        {text}
      </span>
    </>
  )
  if (!onOpen) return <div className={look}>{inside}</div>
  return (
    <button type="button" onClick={onOpen} className={cn(look, 'focus-inside hover:bg-surface/80')}>
      {inside}
    </button>
  )
}

interface BubbleMetaProps {
  /** Who of the house wrote it; only on what goes out. */
  author?: ReactNode
  /** For machines; `children` is the time as people read it. */
  dateTime: string
  children: ReactNode
  state?: TickState
  /** Whether the word stands beside the ticks: on the newest message we sent. */
  word?: boolean
}

/** Author, time and ticks, at the end of the bubble. */
export function BubbleMeta({ author, dateTime, children, state, word }: BubbleMetaProps) {
  return (
    <footer className="flex flex-wrap items-center gap-x-1 self-end text-text2 text-tiny">
      {author ? <span>{author}</span> : null}
      <time dateTime={dateTime}>{children}</time>
      {state ? <Ticks state={state} word={word} className="ml-0.5" /> : null}
    </footer>
  )
}

interface BubbleFailureProps {
  /** "Not delivered." */
  title: ReactNode
  /** The cause, in a sentence. */
  children: ReactNode
  /** The next step and "Why?", as small buttons. */
  actions?: ReactNode
}

/** Why a message did not arrive and what to do; for a bubble of the kind `failed`. */
export function BubbleFailure({ title, children, actions }: BubbleFailureProps) {
  return (
    <div className="flex flex-col gap-2 pb-1">
      <p className="flex gap-1.5 text-second text-text2">
        <CircleAlert aria-hidden size={13} strokeWidth={2} className="mt-1 shrink-0 text-bad" />
        <span>
          <strong className="font-semibold text-bad">{title}</strong> {children}
        </span>
      </p>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  )
}

/** The buttons of an interactive message, one under the other at the foot of the bubble. */
export function BubbleButtons({ children }: { children: ReactNode }) {
  return <div className="-mx-3 -mb-1.5 mt-1 flex flex-col">{children}</div>
}

interface BubbleButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  icon?: ReactNode
}

/** One of them. Without `onClick` it only shows what the customer can press. */
export function BubbleButton({ icon, children, onClick, ...rest }: BubbleButtonProps) {
  const look =
    'focus-inside flex min-h-9 items-center justify-center gap-2 border-line border-t px-3 font-semibold text-ink text-second pointer-coarse:min-h-11'
  if (!onClick) {
    return (
      <span className={look}>
        {icon}
        {children}
      </span>
    )
  }
  return (
    <button type="button" {...rest} onClick={onClick} className={cn(look, 'hover:bg-hover')}>
      {icon}
      {children}
    </button>
  )
}

interface UnknownMessageProps {
  /** The type's name as it came. */
  type: string
}

/** For a bubble whose type Kontor does not know yet. */
export function UnknownMessage({ type }: UnknownMessageProps) {
  const { t } = useLingui()
  return (
    <div className="rounded-key bg-sunken px-2.5 py-1.5 text-second">
      <p className="font-mono text-meta">{type}</p>
      <p className="text-text2">{t`Kept, cannot be shown yet`}</p>
    </div>
  )
}

interface SystemLineProps {
  icon?: ReactNode
  children: ReactNode
}

/** Something that happened in the conversation and that nobody wrote. */
export function SystemLine({ icon, children }: SystemLineProps) {
  return (
    <p className="flex items-center justify-center gap-1.5 self-center px-4 text-center text-meta text-text3">
      {icon}
      <span>{children}</span>
    </p>
  )
}

/** The day over the messages of that day; stays on top on phones. */
export function DayLine({ children }: { children: ReactNode }) {
  return (
    <div className="sticky top-0 z-10 flex items-center gap-3 bg-thread py-1 text-meta text-text3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line sm:static">
      {children}
    </div>
  )
}

/** Over the first message that nobody had read. */
export function UnreadLine() {
  const { t } = useLingui()
  return (
    <p className="flex items-center gap-3 py-1 font-semibold text-meta text-seal-text before:h-px before:flex-1 before:bg-seal after:h-px after:flex-1 after:bg-seal">
      {t`New`}
    </p>
  )
}
