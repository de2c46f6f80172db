import { useLingui } from '@lingui/react/macro'
import { memo, useRef, useState } from 'react'
import { useFormat } from '../../i18n/format'
import { Bubble, BubbleMeta, BubbleQuote, UnknownMessage } from '../../ui/Bubble'
import { cn } from '../../ui/cn'
import { MessageText } from '../../ui/MessageText'
import type { TickState } from '../../ui/Ticks'
import type { Message, Status } from '../model'
import { ContactCard, PlaceCard } from './Cards'
import { LetterView } from './LetterView'
import { MediaView } from './Media'
import { MessageMenu } from './MessageMenu'
import { usePhone } from './PhoneContext'
import { useSummary } from './useSummary'

const ticks: Record<Status, TickState> = {
  accepted: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'played',
  failed: 'failed',
}

interface MessageBubbleProps {
  message: Message
  businessName: string
  /** Whether the Tab key stops here; the arrow keys go to the others. */
  stop: boolean
}

/** One message as the customer sees it: their own on the right, the business on the left. */
export const MessageBubble = memo(function MessageBubble({
  message,
  businessName,
  stop,
}: MessageBubbleProps) {
  const { t } = useLingui()
  const format = useFormat()
  const [menu, setMenu] = useState(false)
  const bubble = useRef<HTMLElement>(null)
  const { mine } = message
  const emojis = [message.reactions.theirs, message.reactions.mine].filter(Boolean)
  const meta = (
    <BubbleMeta dateTime={message.at.toISOString()} state={mine ? ticks[message.status] : undefined}>
      {format.time(message.at)}
    </BubbleMeta>
  )

  return (
    <div className={cn('group/row flex items-start gap-0.5', mine && 'flex-row-reverse')}>
      <div className={cn('flex min-w-0 max-w-[87%] flex-col', mine ? 'items-end' : 'items-start')}>
        <Bubble
          ref={bubble}
          kind={mine ? 'out' : 'in'}
          tabIndex={stop ? 0 : -1}
          data-message={message.id}
          aria-label={mine ? t`You` : businessName}
          aria-haspopup="menu"
          className="focus-inside max-w-full scroll-my-3 sm:max-w-full"
          onContextMenu={(event) => {
            event.preventDefault()
            setMenu(true)
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.target !== event.currentTarget) return
            event.preventDefault()
            setMenu(true)
          }}
        >
          <Quote message={message} businessName={businessName} />
          <Inside message={message} meta={meta} />
        </Bubble>
        {emojis.length > 0 ? (
          <span className="-mt-1.5 mx-2 rounded-full border border-line bg-surface px-1.5 py-0.5 text-second leading-5">
            <span className="sr-only">{t`Reactions:`} </span>
            {emojis.join(' ')}
          </span>
        ) : null}
      </div>
      <MessageMenu
        message={message}
        open={menu}
        onOpenChange={setMenu}
        onClosed={() => bubble.current?.focus({ preventScroll: true })}
      />
    </div>
  )
})

function Quote({ message, businessName }: { message: Message; businessName: string }) {
  const { t } = useLingui()
  const { find, show } = usePhone()
  const summary = useSummary()
  if (!message.context) return null
  const quoted = find(message.context)
  if (!quoted) return <BubbleQuote author="" text={t`A message that is no longer on this phone`} />
  return (
    <BubbleQuote
      author={quoted.mine ? t`You` : businessName}
      text={summary(quoted.content)}
      onOpen={() => show(quoted.id)}
    />
  )
}

function Inside({ message, meta }: { message: Message; meta: React.ReactNode }) {
  const { content } = message
  const phone = usePhone()
  if (content.kind === 'letter') return <LetterView message={message} letter={content.letter} meta={meta} />
  return (
    <>
      <Body message={message} onPlay={() => phone.played(message)} />
      {meta}
    </>
  )
}

function Body({ message: { content }, onPlay }: { message: Message; onPlay: () => void }) {
  switch (content.kind) {
    case 'text':
      return <MessageText text={content.text} />
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return (
        <>
          <MediaView kind={content.kind} media={content.media} onPlay={onPlay} />
          {content.media.caption ? <MessageText text={content.media.caption} /> : null}
        </>
      )
    case 'place':
      return <PlaceCard place={content.place} />
    case 'contacts':
      return content.cards.map((card) => <ContactCard key={`${card.name} ${card.phones[0]}`} card={card} />)
    case 'choice':
      return (
        <>
          <MessageText text={content.title} />
          {content.description ? (
            <p dir="auto" className="break-words text-meta text-text2">
              {content.description}
            </p>
          ) : null}
        </>
      )
    case 'unknown':
      return <UnknownMessage type={content.type} />
  }
  return null
}
