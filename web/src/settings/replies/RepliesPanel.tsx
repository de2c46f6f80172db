import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { QuickReply } from '../../api/desk'
import * as desk from '../../api/deskcalls'
import { isLead } from '../../frame/roles'
import { usePerson } from '../../frame/session'
import { keys } from '../../inbox/data/queries'
import { Button } from '../../ui/Button'
import { Chip } from '../../ui/Chip'
import { EmptyState } from '../../ui/EmptyState'
import { SearchInput } from '../../ui/SearchInput'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { ReplyDialog } from './ReplyDialog'

/** The words that `/` offers in the field: one's own, a team's, everybody's. */
export function RepliesPanel() {
  const { t } = useLingui()
  const me = usePerson()
  const [question, setQuestion] = useState('')
  const [asked, setAsked] = useState<QuickReply | 'new' | null>(null)
  const replies = useQuery({
    queryKey: [...keys.quickReplies, 'all', question],
    queryFn: () => desk.getQuickReplies(question),
    placeholderData: (before) => before,
  })
  const scopes = { workspace: t`Everybody`, team: t`Team`, person: t`Only me` }
  const found = replies.data ?? []
  const mayChange = ({ scope }: QuickReply) => scope === 'person' || isLead(me.role) || scope === 'team'
  const add = (
    <Button
      variant="ink"
      icon={<Plus aria-hidden size={15} strokeWidth={2} />}
      onClick={() => setAsked('new')}
    >{t`Add a quick reply`}</Button>
  )

  return (
    <Panel title={t`Quick replies`} action={found.length > 0 || question ? add : undefined}>
      <div className="max-w-200">
        {replies.isError ? (
          <LoadFailed
            error={replies.error}
            busy={replies.isFetching}
            onRetry={() => void replies.refetch()}
          />
        ) : replies.data && found.length === 0 && question === '' ? (
          <EmptyState title={t`There are no quick replies yet.`} action={add}>
            {t`Type / in the field and a few letters, and the words are there, with the customer's name filled in.`}
          </EmptyState>
        ) : (
          <>
            <SearchInput
              name={t`Find a quick reply`}
              value={question}
              onChange={(event) => setQuestion(event.target.value)}
            />
            <ul className="mt-3 border-line border-t">
              {found.map((reply) => (
                <li key={reply.quick_reply_id} className="border-line border-b">
                  <button
                    type="button"
                    disabled={!mayChange(reply)}
                    onClick={() => setAsked(reply)}
                    className="focus-inside flex w-full flex-wrap items-baseline gap-x-3 gap-y-1 px-2 py-2.5 text-start enabled:hover:bg-hover"
                  >
                    <span className="font-semibold text-ui">/{reply.shortcut}</span>
                    <Chip tone="outline">
                      {reply.scope === 'team' && reply.team ? reply.team : scopes[reply.scope]}
                    </Chip>
                    <span dir="auto" className="line-clamp-2 basis-full text-second text-text2">
                      {reply.text}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            {replies.data && found.length === 0 ? (
              <p className="py-4 text-second text-text2">{t`No quick reply is called so.`}</p>
            ) : null}
          </>
        )}
      </div>
      {asked ? (
        <ReplyDialog
          key={asked === 'new' ? 'new' : asked.quick_reply_id}
          reply={asked === 'new' ? undefined : asked}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </Panel>
  )
}
