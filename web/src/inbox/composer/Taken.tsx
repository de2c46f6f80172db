import { useLingui } from '@lingui/react/macro'
import { UserRound } from 'lucide-react'
import { usePerson } from '../../frame/session'
import { Button } from '../../ui/Button'
import { useDraft } from '../data/drafts'
import { useThread } from '../thread/ThreadContext'
import type { Assignment } from '../thread/useAssignment'

/** In place of the field while somebody else has the conversation. */
export function Taken({ assignment: { other, takeOver } }: { assignment: Assignment }) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const mayTake = usePerson().rights.includes('assign')
  const draft = useDraft(conversation.conversation_id)
  return (
    <section
      aria-label={t`Answer`}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border border-line-strong border-dashed bg-sunken px-3.5 py-3"
    >
      <UserRound aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-text2" />
      <div className="min-w-50 flex-1">
        <p className="font-semibold text-ui">{t`${other ?? ''} has this conversation.`}</p>
        <p className="text-second text-text2">
          {mayTake ? t`You can read along. Take it over to answer.` : t`You can read along.`}{' '}
          {draft ? t`Your draft is kept.` : null}
        </p>
      </div>
      {mayTake ? <Button onClick={takeOver}>{t`Take over`}</Button> : null}
    </section>
  )
}
