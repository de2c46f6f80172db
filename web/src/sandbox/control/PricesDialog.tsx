import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { client } from '../client'
import { useDoing } from '../useDoing'
import { JsonDialog, pretty } from './JsonDialog'

/** How messages are priced, by date: the rules, what is free, and the rates of the markets. */
export function PricesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const [book, setBook] = useState<string | null>(null)
  const { busy, failure, attempt } = useDoing()
  useEffect(() => {
    void attempt(async () => setBook(pretty(await client.pricing())))
  }, [attempt])
  return (
    <JsonDialog
      key={book === null ? 'empty' : 'here'}
      title={t`Prices`}
      description={t`What webhooks say of the price of a message, and what analytics count. The rates are examples; import real ones to test with them.`}
      label={t`Price book`}
      start={book ?? '{}'}
      action={t`Use these prices`}
      busy={busy}
      failure={failure}
      onDo={async (json) => {
        if (await attempt(() => client.setPricing(json))) onClose()
      }}
      onClose={onClose}
    />
  )
}
