import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { Label } from '../../api/desk'
import * as desk from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { isLead } from '../../frame/roles'
import { usePerson } from '../../frame/session'
import { keys, useLabels } from '../../inbox/data/queries'
import { LabelDot } from '../../inbox/labels/LabelChip'
import { LabelDialog } from '../../inbox/labels/LabelDialog'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { EmptyState } from '../../ui/EmptyState'
import { toast } from '../../ui/Toast'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'

/** The words that conversations are sorted by. */
export function LabelsPanel() {
  const { t } = useLingui()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const lead = isLead(usePerson().role)
  const labels = useLabels()
  const [changing, setChanging] = useState<Label | 'new' | null>(null)
  const [leaving, setLeaving] = useState<Label | null>(null)

  async function remove(label: Label) {
    setLeaving(null)
    try {
      await desk.removeLabel(label.label_id)
      await queries.invalidateQueries({ queryKey: keys.labels })
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
  }

  const add = (
    <Button
      variant="ink"
      icon={<Plus aria-hidden size={15} strokeWidth={2} />}
      onClick={() => setChanging('new')}
    >{t`Add a label`}</Button>
  )
  return (
    <Panel title={t`Labels`} action={labels.data?.length ? add : undefined}>
      <div className="max-w-160">
        {labels.isError ? (
          <LoadFailed error={labels.error} busy={labels.isFetching} onRetry={() => void labels.refetch()} />
        ) : labels.data?.length === 0 ? (
          <EmptyState title={t`There are no labels yet.`} action={add}>
            {t`A label is a word on a conversation, such as Warranty or VIP.`}
          </EmptyState>
        ) : (
          <ul className="border-line border-t">
            {labels.data?.map((label) => (
              <li
                key={label.label_id}
                className="flex min-h-11 items-center gap-2.5 border-line border-b px-2"
              >
                <LabelDot colour={label.colour} />
                <bdi className="min-w-0 flex-1 truncate text-ui">{label.name}</bdi>
                {lead ? (
                  <>
                    <Button size="small" variant="quiet" onClick={() => setChanging(label)}>
                      {t`Change`}
                    </Button>
                    <Button size="small" variant="quiet" onClick={() => setLeaving(label)}>
                      {t`Delete`}
                    </Button>
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </div>
      {changing ? (
        <LabelDialog label={changing === 'new' ? undefined : changing} onClose={() => setChanging(null)} />
      ) : null}
      <Dialog
        open={leaving !== null}
        onOpenChange={() => setLeaving(null)}
        title={t`Delete the label ${leaving?.name ?? ''}?`}
        description={t`It is taken off every conversation. The conversations stay.`}
        footer={
          <>
            <Button onClick={() => setLeaving(null)}>{t`Keep it`}</Button>
            <Button
              variant="danger"
              onClick={() => leaving && void remove(leaving)}
            >{t`Delete the label`}</Button>
          </>
        }
      />
    </Panel>
  )
}
