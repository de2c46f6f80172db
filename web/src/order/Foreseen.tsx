import { useLingui } from '@lingui/react/macro'
import type { UseQueryResult } from '@tanstack/react-query'
import { CircleAlert, LayoutTemplate, MessageSquareText } from 'lucide-react'
import { useRefusalWords } from '../errors/refusals'
import { useFormat } from '../i18n/format'
import { Bubble, BubbleLabel } from '../ui/Bubble'
import { MessageText } from '../ui/MessageText'
import { Spinner } from '../ui/Spinner'
import type { ForeseenMessage } from './api'
import { useForeseenWords, useProblemWords } from './words'

/** What the customer will be told of a change, or why not. */
export function Foreseen({ query }: { query: UseQueryResult<ForeseenMessage[]> }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  if (query.isError) return <p className="text-second text-text2">{words(query.error).text}</p>
  if (!query.data) return query.isFetching ? <Spinner /> : null
  if (query.data.length === 0) {
    return <p className="text-second text-text2">{t`The customer is told nothing of this.`}</p>
  }
  return (
    <ul aria-label={t`What the customer is told`} className="flex flex-col gap-2">
      {query.data.map((message) => (
        <li key={message.notice}>
          <One message={message} />
        </li>
      ))}
    </ul>
  )
}

function One({ message }: { message: ForeseenMessage }) {
  const { t } = useLingui()
  const format = useFormat()
  const about = useForeseenWords()
  const why = useProblemWords()
  const { problem, template, language, text, header, due_at, notice, way } = message
  const lang = language?.replace('_', '-')
  if (problem) {
    return (
      <div className="rounded-field border border-bad-line bg-bad-tint px-3 py-2 text-second">
        <p className="flex items-center gap-1.5 font-semibold text-bad">
          <CircleAlert aria-hidden size={13} strokeWidth={2} className="shrink-0" />
          {t`The customer will not be told.`}
        </p>
        <p>{why(problem.code, `${problem.detail} ${problem.advice}`)}</p>
        <p className="font-mono text-text3 text-tiny">{problem.code}</p>
      </div>
    )
  }
  return (
    <div className="flex flex-col rounded-card bg-thread p-2">
      <p className="mb-1 text-meta text-text2">
        {about(message)}
        {notice === 'reminder' ? ` · ${format.moment(new Date(due_at))}` : null}
      </p>
      <Bubble kind="out" className="max-w-full sm:max-w-full">
        {way === 'template' ? (
          <BubbleLabel icon={<LayoutTemplate aria-hidden size={13} strokeWidth={2} />}>
            {t`Template · ${template ?? ''} · ${language ?? ''}`}
          </BubbleLabel>
        ) : (
          <BubbleLabel icon={<MessageSquareText aria-hidden size={13} strokeWidth={2} />}>
            {t`Free text · ${language ?? ''}`}
          </BubbleLabel>
        )}
        {header ? <p className="font-semibold text-message">{header}</p> : null}
        <MessageText text={text} lang={lang} />
      </Bubble>
    </div>
  )
}
