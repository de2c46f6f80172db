import { useLingui } from '@lingui/react/macro'
import { Download, ReceiptText, Upload, Webhook } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button } from '../../ui/Button'
import { client } from '../client'
import { useDoing } from '../useDoing'
import { PricesDialog } from './PricesDialog'
import { WebhookDialog } from './WebhookDialog'

/** What is rarer: webhooks by hand, prices, and the whole state as a file. */
export function StatePanel() {
  const { t } = useLingui()
  const [dialog, setDialog] = useState<'webhook' | 'prices' | null>(null)
  const [loaded, setLoaded] = useState('')
  const { busy, failure, attempt } = useDoing()
  const file = useRef<HTMLInputElement>(null)
  const titleId = useId()
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

  async function load(chosen: File | undefined) {
    if (!chosen) return
    setLoaded('')
    if (await attempt(async () => client.setState(JSON.parse(await chosen.text())))) setLoaded(chosen.name)
    if (file.current) file.current.value = '' // the same file may be chosen again
  }

  return (
    <section aria-labelledby={titleId} className="border-line border-b px-4.5 py-3">
      <h2 id={titleId} className="mb-2 font-semibold text-second">{t`By hand`}</h2>
      <div className="flex flex-wrap gap-2">
        <Button size="small" icon={<Webhook {...icon} />} onClick={() => setDialog('webhook')}>
          {t`Send a webhook`}
        </Button>
        <Button size="small" icon={<ReceiptText {...icon} />} onClick={() => setDialog('prices')}>
          {t`Prices`}
        </Button>
        <Button
          size="small"
          icon={<Download {...icon} />}
          onClick={() => {
            const link = document.createElement('a')
            link.href = '/sandbox/state?media=true'
            link.download = 'sandbox-state.json'
            link.click()
          }}
        >
          {t`Save the state`}
        </Button>
        <Button size="small" busy={busy} icon={<Upload {...icon} />} onClick={() => file.current?.click()}>
          {t`Load a state`}
        </Button>
        <input
          ref={file}
          type="file"
          accept="application/json,.json"
          aria-label={t`File with a state`}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => void load(event.target.files?.[0])}
        />
      </div>
      <p role="status" className="mt-1.5 text-meta text-text2 empty:hidden">
        {loaded ? t`The sandbox goes on from ${loaded}.` : ''}
      </p>
      {failure ? (
        <p role="alert" className="mt-1.5 text-bad text-meta">
          {t`Not changed: ${failure}`}
        </p>
      ) : null}
      {dialog === 'webhook' ? <WebhookDialog onClose={() => setDialog(null)} /> : null}
      {dialog === 'prices' ? <PricesDialog onClose={() => setDialog(null)} /> : null}
    </section>
  )
}
