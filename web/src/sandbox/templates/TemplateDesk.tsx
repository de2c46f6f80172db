import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { cn } from '../../ui/cn'
import { EmptyState } from '../../ui/EmptyState'
import { useWorld } from '../useWorld'
import { TemplateDetail } from './TemplateDetail'
import { TemplateList } from './TemplateList'

/** Meta's review desk: what was submitted, and what Meta decides about it. */
export function TemplateDesk() {
  const { t } = useLingui()
  const templates = useWorld((world) => world.templates)
  const [wanted, setWanted] = useState('')
  const chosen = templates.find(({ id }) => id === wanted)

  if (templates.length === 0) {
    return (
      <EmptyState title={t`No template has been submitted.`} className="m-auto">
        {t`What your program submits for review appears here, to be approved or rejected as Meta would.`}
      </EmptyState>
    )
  }
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <TemplateList
        templates={templates}
        chosen={chosen?.id}
        onChoose={setWanted}
        className={cn('w-full lg:w-80 lg:shrink-0 lg:border-r', chosen && 'max-lg:hidden')}
      />
      {chosen ? (
        <TemplateDetail key={chosen.id} template={chosen} onBack={() => setWanted('')} />
      ) : (
        <EmptyState title={t`Choose a template.`} className="m-auto max-lg:hidden">
          {t`Approve it, reject it with a reason, pause it, or change its category and quality.`}
        </EmptyState>
      )}
    </div>
  )
}
