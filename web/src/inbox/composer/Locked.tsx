import { useLingui } from '@lingui/react/macro'
import { LayoutTemplate, Lock } from 'lucide-react'
import { useKeys } from '../../keys/keymap'
import { Button } from '../../ui/Button'
import { useDraft } from '../data/drafts'
import { useThread } from '../thread/ThreadContext'

interface LockedProps {
  name: string
  templatesOpen: boolean
  onTemplates: () => void
}

/** In place of the field while the 24 hours are over: why, what opens it, and that nothing typed is lost. */
export function Locked({ name, templatesOpen, onTemplates }: LockedProps) {
  const { t } = useLingui()
  const templatesKey = useKeys('templates')
  const { conversation } = useThread()
  const draft = useDraft(conversation.conversation_id)
  const never = conversation.window_until === null
  return (
    <section
      aria-label={t`Answer`}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border border-line-strong border-dashed bg-sunken px-3.5 py-3"
    >
      <Lock aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-text2" />
      <div className="min-w-50 flex-1">
        <p className="font-semibold text-ui">
          {never
            ? t`Free text is closed: ${name} has not written yet.`
            : t`Free text is closed: ${name} wrote more than 24 hours ago.`}
        </p>
        <p className="text-second text-text2">
          {t`Send a template; the field opens by itself when ${name} replies.`}{' '}
          {draft ? t`Your draft is kept.` : null}
        </p>
      </div>
      <Button
        variant="ink"
        keys={templatesKey}
        aria-expanded={templatesOpen}
        onClick={onTemplates}
        icon={<LayoutTemplate aria-hidden size={15} strokeWidth={1.75} />}
      >
        {templatesOpen ? t`Hide templates` : t`Choose a template`}
      </Button>
    </section>
  )
}
