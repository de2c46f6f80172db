import { useLingui } from '@lingui/react/macro'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { IconButton } from '../../ui/IconButton'
import { Select } from '../../ui/Select'
import { toast } from '../../ui/Toast'
import { client, type Review } from '../client'
import type { Template } from '../model'
import { useDoing } from '../useDoing'
import { useStore } from '../useWorld'
import { RejectDialog } from './RejectDialog'
import { StateChip } from './StateChip'
import { TemplatePreview } from './TemplatePreview'
import { categories, categoryNames, qualities, qualityNames, reasons } from './words'

interface TemplateDetailProps {
  template: Template
  onBack: () => void
}

/** One template and what Meta can decide about it. Each decision goes to the business as a webhook at once. */
export function TemplateDetail({ template, onBack }: TemplateDetailProps) {
  const { t, i18n } = useLingui()
  const store = useStore()
  const { busy, failure, attempt } = useDoing()
  const [rejecting, setRejecting] = useState(false)
  const { name, language, status, category, quality, rejectedReason } = template
  const reason = reasons.find(({ code }) => code === rejectedReason)

  async function decide(review: Review): Promise<boolean> {
    const done = await attempt(async () => {
      const decided = await client.review(template.id, review)
      store.change({ is: 'template', template: decided })
    })
    if (done) toast({ text: t`Decided. Your program is told by a webhook.` })
    return done
  }

  return (
    <section aria-label={name} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto px-7 py-5 max-sm:px-3.5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <IconButton
            name={t`Back to the list`}
            icon={<ArrowLeft size={18} strokeWidth={1.75} />}
            onClick={onBack}
            className="-ml-2 lg:hidden"
          />
          <h2 className="min-w-0 font-semibold font-serif text-section [overflow-wrap:anywhere]">{name}</h2>
          <StateChip status={status} />
        </div>
        <p className="mt-0.5 text-second text-text2">
          {language}
          {rejectedReason && status === 'REJECTED'
            ? ` · ${reason ? i18n._(reason.label) : ''} (${rejectedReason})`
            : ''}
        </p>
        <TemplatePreview template={template} />
        <div className="mt-5 flex max-w-120 flex-wrap gap-3">
          <Field label={t`Category`} className="min-w-40 flex-1">
            <Select
              value={category}
              onChange={(event) => decide({ action: 'category', category: event.target.value })}
            >
              {withCurrent(categories, category).map((each) => (
                <option key={each} value={each}>
                  {categoryNames[each] ? i18n._(categoryNames[each] ?? { id: '' }) : each}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t`Quality`} className="min-w-40 flex-1">
            <Select
              value={quality || 'UNKNOWN'}
              onChange={(event) => decide({ action: 'quality', quality: event.target.value })}
            >
              {withCurrent(qualities, quality || 'UNKNOWN').map((each) => (
                <option key={each} value={each}>
                  {qualityNames[each] ? i18n._(qualityNames[each] ?? { id: '' }) : each}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {failure ? (
          <p role="alert" className="mt-3 text-bad text-second">
            {t`Not changed: ${failure}`}
          </p>
        ) : null}
      </div>
      <div className="flex shrink-0 flex-wrap gap-2 border-line border-t bg-surface px-7 py-3 max-sm:px-3.5">
        {status === 'APPROVED' ? null : (
          <Button
            variant="ink"
            busy={busy}
            onClick={() => decide({ action: status === 'PAUSED' ? 'unpause' : 'approve' })}
          >
            {status === 'PAUSED' ? t`End the pause` : t`Approve`}
          </Button>
        )}
        {status === 'APPROVED' ? (
          <Button busy={busy} onClick={() => decide({ action: 'pause' })}>{t`Pause`}</Button>
        ) : null}
        {status === 'REJECTED' ? null : (
          <Button onClick={() => setRejecting(true)}>{t`Reject with a reason`}</Button>
        )}
        {status === 'DISABLED' ? null : (
          <Button variant="danger-outline" busy={busy} onClick={() => decide({ action: 'disable' })}>
            {t`Disable`}
          </Button>
        )}
      </div>
      {rejecting ? (
        <RejectDialog
          name={name}
          busy={busy}
          failure={failure}
          onReject={async (code) => {
            if (await decide({ action: 'reject', reason: code })) setRejecting(false)
          }}
          onClose={() => setRejecting(false)}
        />
      ) : null}
    </section>
  )
}

function withCurrent(listed: readonly string[], current: string): string[] {
  return !current || listed.includes(current) ? [...listed] : [...listed, current]
}
