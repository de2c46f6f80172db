import { useLingui } from '@lingui/react/macro'
import { ArrowDown, Clock } from 'lucide-react'
import { Fragment, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useFormat } from '../../i18n/format'
import { DayLine, SystemLine } from '../../ui/Bubble'
import { isWaiting, type Message, onScreen } from '../model'
import { useMetaTime } from '../useWorld'
import { MessageBubble } from './MessageBubble'

interface ChatLogProps {
  messages: readonly Message[]
  businessName: string
  /** Whether the phone can be reached; what cannot arrive is counted at the end. */
  reachable: boolean
  /** Shown while the chat is empty. */
  children: React.ReactNode
}

/** The messages on the screen, oldest first. It follows the newest one unless somebody reads further up. */
export function ChatLog({ messages, businessName, reachable, children }: ChatLogProps) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMetaTime('minute')
  const box = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const lastTop = useRef(0)
  const [unseen, setUnseen] = useState(0)
  const shown = messages.filter((each) => onScreen(each) && each.content.kind !== 'reaction')
  const waiting = reachable ? 0 : messages.filter(isWaiting).length
  const newest = shown.at(-1)

  function toEnd() {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
    follows.current = true
    setUnseen(0)
  }

  // The end moves when something is added, and when something in the last bubble grows.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it has to run when there is one more, or a tick changes
  useLayoutEffect(() => {
    if (follows.current || newest?.mine) toEnd()
    else setUnseen((before) => before + 1)
  }, [newest?.id, waiting])

  useEffect(() => {
    const outside = box.current
    const inside = outside?.firstElementChild
    if (!outside || !inside || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => {
      if (follows.current) outside.scrollTop = outside.scrollHeight
    })
    observer.observe(outside)
    observer.observe(inside)
    return () => observer.disconnect()
  }, [])

  return (
    <div className="relative flex min-h-0 flex-1 flex-col bg-thread">
      <div
        ref={box}
        role="log"
        aria-label={t`Chat with ${businessName}`}
        onKeyDown={walk}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
          const atEnd = scrollHeight - scrollTop - clientHeight < 40
          // Growing moves the end away too; only going up means that somebody reads there.
          if (atEnd) follows.current = true
          else if (scrollTop < lastTop.current) follows.current = false
          lastTop.current = scrollTop
          if (atEnd) setUnseen(0)
        }}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        <div className="flex min-h-full flex-col justify-end gap-2 px-3 py-3">
          {shown.length === 0 ? children : null}
          {shown.map((message, place) => (
            <Fragment key={message.id}>
              {isNewDay(shown[place - 1], message) ? (
                <DayLine>
                  <time dateTime={message.at.toISOString()}>{format.day(message.at, now)}</time>
                </DayLine>
              ) : null}
              <MessageBubble message={message} businessName={businessName} stop={message === newest} />
            </Fragment>
          ))}
          {waiting > 0 ? (
            <SystemLine icon={<Clock aria-hidden size={13} strokeWidth={2} />}>
              <WaitingWords count={waiting} />
            </SystemLine>
          ) : null}
        </div>
      </div>
      {unseen > 0 ? (
        <button
          type="button"
          onClick={toEnd}
          className="absolute bottom-2 left-1/2 inline-flex min-h-8.5 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-surface px-3 font-semibold text-meta shadow-e2 hover:bg-hover"
        >
          <ArrowDown aria-hidden size={13} strokeWidth={2} />
          {t`New messages`}
        </button>
      ) : null}
    </div>
  )
}

function WaitingWords({ count }: { count: number }) {
  const { t, i18n } = useLingui()
  const figure = i18n.number(count)
  return count === 1 ? t`1 message waits to be delivered` : t`${figure} messages wait to be delivered`
}

function isNewDay(before: Message | undefined, message: Message): boolean {
  return before?.at.toDateString() !== message.at.toDateString()
}

/** The arrow keys go from bubble to bubble, Home and End to the first and the last. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (!(event.target instanceof HTMLElement) || !event.target.matches('[data-message]')) return
  const bubbles = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')]
  const at = bubbles.indexOf(event.target)
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: bubbles.length - 1 }[event.key]
  const next = to === undefined ? undefined : bubbles[to]
  if (!next) return
  event.preventDefault()
  next.focus()
}
