import { Fragment, type ReactNode, useMemo } from 'react'
import { cn } from './cn'
import { parseMessage, type Span } from './messageMarkup'

interface MessageTextProps {
  text: string
  /** The language of the text where it is known; it decides the face of Chinese letters and hyphenation. */
  lang?: string
  className?: string
}

/** What a person wrote, with its line breaks, links and marks. It builds elements, never HTML. */
export function MessageText({ text, lang, className }: MessageTextProps) {
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
      {render(spans)}
    </p>
  )
}

function render(spans: Span[]): ReactNode {
  return spans.map((span, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the spans of one text never change places
    <Fragment key={place}>{renderSpan(span)}</Fragment>
  ))
}

function renderSpan(span: Span): ReactNode {
  switch (span.kind) {
    case 'text':
      return span.text
    case 'link':
      return (
        <a href={span.href} target="_blank" rel="noopener noreferrer" className="text-info underline">
          {span.text}
        </a>
      )
    case 'code':
      return <code className="font-mono text-[0.9em]">{span.text}</code>
    case 'bold':
      return <strong className="font-semibold">{render(span.spans)}</strong>
    case 'italic':
      return <em>{render(span.spans)}</em>
    case 'strike':
      return <s>{render(span.spans)}</s>
  }
}
