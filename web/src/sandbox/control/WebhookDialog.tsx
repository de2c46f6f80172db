import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { client, type WebhookExample } from '../client'
import { useDoing } from '../useDoing'
import { useWorld } from '../useWorld'
import { JsonDialog, pretty } from './JsonDialog'

/** Sends any of Meta's webhooks: an example, and what is changed of it. */
export function WebhookDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const numbers = useWorld((world) => world.numbers)
  const [known, setKnown] = useState<readonly WebhookExample[]>([])
  const [chosen, setChosen] = useState(0)
  const [number, setNumber] = useState(numbers[0]?.id ?? '')
  const [told, setTold] = useState('')
  const { busy, failure, attempt } = useDoing()
  useEffect(() => {
    void attempt(async () => setKnown(await client.webhooks()))
  }, [attempt])
  const example = known[chosen]
  return (
    <JsonDialog
      key={`${chosen} ${known.length}`}
      title={t`Send a webhook`}
      description={t`It is signed and posted to the callback like every other. Words with a dollar sign are filled in.`}
      label={t`Value`}
      hint={told || undefined}
      start={example ? pretty(example.value) : '{}'}
      action={t`Send`}
      busy={busy}
      failure={failure}
      onDo={(value) =>
        attempt(async () => {
          if (!example) return
          setTold('')
          const { field, event } = example
          await client.fire({
            field,
            value,
            ...(event ? { event } : {}),
            ...(number ? { phone_number_id: number } : {}),
          })
          setTold(t`Sent: see the log.`)
        })
      }
      onClose={onClose}
    >
      <Field label={t`What it tells`}>
        <Select value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
          {known.map(({ field, event }, index) => (
            <option key={`${field} ${event}`} value={index}>
              {event ? `${field}: ${event}` : field}
            </option>
          ))}
        </Select>
      </Field>
      {numbers.length > 1 ? (
        <Field label={t`Number`}>
          <Select value={number} onChange={(event) => setNumber(event.target.value)}>
            {numbers.map(({ id, name, display }) => (
              <option key={id} value={id}>
                {name || display || id}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
    </JsonDialog>
  )
}
