import { useLingui } from '@lingui/react/macro'
import { Package } from 'lucide-react'
import type { ReactNode } from 'react'
import { MessageText } from '../../ui/MessageText'
import type { Header, Letter, Message } from '../model'
import { PlaceCard } from './Cards'
import { LetterButtons } from './LetterButtons'
import { MediaView } from './Media'

interface LetterViewProps {
  message: Message
  letter: Letter
  /** Time and ticks, between the text and the buttons. */
  meta: ReactNode
}

/** A template or an interactive message: header, text, footer, cards and what can be tapped. */
export function LetterView({ message, letter, meta }: LetterViewProps) {
  return (
    <>
      <LetterText letter={letter} />
      {meta}
      {letter.cards.length > 0 ? (
        <div className="-mx-3 flex snap-x gap-2 overflow-x-auto px-3 pb-1">
          {letter.cards.map((card, place) => (
            <section
              // biome-ignore lint/suspicious/noArrayIndexKey: the cards of one message never change places
              key={place}
              className="flex w-52 shrink-0 snap-start flex-col gap-1 overflow-clip rounded-field border border-line px-3 pt-2"
            >
              <LetterText letter={card} />
              <span className="flex-1" />
              <LetterButtons message={message} buttons={card.buttons} />
            </section>
          ))}
        </div>
      ) : null}
      <LetterButtons message={message} buttons={letter.buttons} />
    </>
  )
}

function LetterText({ letter }: { letter: Letter }) {
  const { t } = useLingui()
  return (
    <>
      {letter.header ? <HeaderView header={letter.header} /> : null}
      {letter.body ? <MessageText text={letter.body} /> : null}
      {letter.products.map((product) => (
        <p key={product} className="flex items-center gap-2 rounded-field bg-sunken px-3 py-2 text-second">
          <Package aria-hidden size={15} strokeWidth={1.75} className="shrink-0" />
          <span className="min-w-0 break-words">{t`Product ${product}`}</span>
        </p>
      ))}
      {letter.footer ? (
        <p dir="auto" className="text-meta text-text2">
          {letter.footer}
        </p>
      ) : null}
    </>
  )
}

function HeaderView({ header }: { header: Header }) {
  if (header.kind === 'text') {
    return (
      <p dir="auto" className="break-words font-semibold text-name">
        {header.text}
      </p>
    )
  }
  if (header.kind === 'place') return <PlaceCard place={header.place} />
  return <MediaView kind={header.kind} media={header.media} />
}
