import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { changeSubscription, type Dialect, type Subscription } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { EventChoice } from './EventChoice'
import { subscriptionKeys } from './keys'

interface ChangeDialogProps {
  subscription: Subscription
  onClose: () => void
}

/** Another address, name or choice of events; what waits goes to the new address. */
export function ChangeDialog({ subscription, onClose }: ChangeDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [url, setUrl] = useState(subscription.url)
  const [name, setName] = useState(subscription.name)
  const [events, setEvents] = useState<readonly string[]>(subscription.events)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const missing = !/^https?:\/\/\S+$/.test(url.trim())
    ? t`An address that begins with https:// is needed.`
    : events.length === 0
      ? t`Choose at least one kind of event.`
      : undefined

  async function save(event: FormEvent) {
    event.preventDefault()
    if (missing || busy) return
    setBusy(true)
    setFailure('')
    try {
      await changeSubscription(subscription.id, {
        name: name.trim(),
        events: [...events],
        ...(url.trim() === subscription.url ? {} : { url: url.trim() }),
      })
      await queries.invalidateQueries({ queryKey: subscriptionKeys.all })
      onClose()
    } catch (error) {
      setFailure(words(error).text)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`What is changed?`}
      description={t`What waits goes to the new address.`}
      className="sm:w-140"
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="change-subscription" busy={busy} disabledReason={missing}>
            {t`Save changes`}
          </Button>
        </>
      }
    >
      <form id="change-subscription" onSubmit={save} className="flex flex-col gap-3.5">
        <Field label={t`Address`} error={failure || undefined}>
          <TextInput
            type="url"
            spellCheck={false}
            maxLength={2000}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <Field label={t`Name (optional)`}>
          <TextInput maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <EventChoice dialect={subscription.dialect as Dialect} events={events} onChange={setEvents} />
      </form>
    </Dialog>
  )
}
