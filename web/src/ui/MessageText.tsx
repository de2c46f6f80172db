import { Fragment, type ReactNode, useMemo } from 'react'
import { cn } from './cn'
import { parseMessage, type Span } from './messageMarkup'

interface MessageTextProps {
  text: string
  /** The language of the text where it is known; it decides the face of Chinese letters and hyphenation. */
  lang?: string
  /** Draws the plain parts in another way, such as places that are filled in. */
  fill?: (text: string) => ReactNode
  className?: string
}

/** What a person wrote, with its line breaks, links and marks. It builds elements, never HTML. */
export function MessageText({ text, lang, fill, className }: MessageTextProps) {
  const spans = useMemo(() => parseMessage(text), [text])
  return (
    <p
      dir="auto"
      lang={lang}
      className={cn(
        'whitespace-pre-wrap text-message-phone [overflow-wrap:anywhere] sm:text-message',
        className,
      )}
    >
      {render(spans, fill)}
    </p>
  )
}

type Fill = MessageTextProps['fill']

function render(spans: Span[], fill: Fill): ReactNode {
  return spans.map((span, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the spans of one text never change places
    <Fragment key={place}>{renderSpan(span, fill)}</Fragment>
  ))
}

function renderSpan(span: Span, fill: Fill): ReactNode {
  switch (span.kind) {
    case 'text':
      return fill ? fill(span.text) : span.text
    case 'link':
      return (
        <a href={span.href} target="_blank" rel="noopener noreferrer" className="text-info underline">
          {span.text}
        </a>
      )
    case 'code':
      return <code className="font-mono text-[0.9em]">{span.text}</code>
    case 'bold':
      return <strong className="font-semibold">{render(span.spans, fill)}</strong>
    case 'italic':
      return <em>{render(span.spans, fill)}</em>
    case 'strike':
      return <s>{render(span.spans, fill)}</s>
  }
}
