import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Refusal } from '../../api/client'
import { type Dialect, type NewSubscription, subscribe } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { useNumbers } from '../../inbox/data/queries'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { TextInput } from '../../ui/TextInput'
import { SecretOnce } from '../SecretOnce'
import { EventChoice } from './EventChoice'
import { subscriptionKeys } from './keys'
import { SampleCode } from './SampleCode'
import { dialects } from './words'

/** Asks for the address and the form, then shows the secret, once, with how to check a signature. */
export function NewSubscriptionDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const words = useRefusalWords()
  const numbers = useNumbers().data ?? []
  const [url, setUrl] = useState('')
  const [name, setName] = useState('')
  const [dialect, setDialect] = useState<Dialect>('kontor')
  const [events, setEvents] = useState<readonly string[]>(['*'])
  const [number, setNumber] = useState('')
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ field: string; text: string } | null>(null)
  const [made, setMade] = useState<NewSubscription | null>(null)
  const missing = !/^https?:\/\/\S+$/.test(url.trim())
    ? t`An address that begins with https:// is needed.`
    : events.length === 0
      ? t`Choose at least one kind of event.`
      : undefined

  async function make(event: FormEvent) {
    event.preventDefault()
    if (missing || busy) return
    setBusy(true)
    setFailure(null)
    try {
      const fresh = await subscribe({
        url: url.trim(),
        dialect,
        events: [...events],
        name: name.trim() || undefined,
        phone_number_id: number || undefined,
        verify_token: token.trim() || undefined,
      })
      setMade(fresh)
      void queries.invalidateQueries({ queryKey: subscriptionKeys.all })
    } catch (error) {
      const field = error instanceof Refusal ? (error.fields[0]?.name ?? '') : ''
      setFailure({ field, text: words(error).text })
    }
    setBusy(false)
  }

  function leave() {
    onClose()
    if (made)
      void navigate({ to: '/settings/$section/$item', params: { section: 'webhooks', item: made.id } })
  }

  if (made) {
    return (
      <Dialog
        open
        keepOpen
        onOpenChange={leave}
        title={t`The address is called from now on.`}
        className="sm:w-160"
        footer={<Button variant="ink" onClick={leave}>{t`Done`}</Button>}
      >
        <div className="flex flex-col gap-4">
          <SecretOnce label={t`Secret for the signature`} secret={made.secret} />
          <SampleCode dialect={dialect} />
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      keepOpen={url !== '' || name !== ''}
      onOpenChange={onClose}
      title={t`Which address is called?`}
      description={t`Whatever happens from now on is told there. What happened before is not.`}
      className="sm:w-140"
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="new-subscription" busy={busy} disabledReason={missing}>
            {t`Add address`}
          </Button>
        </>
      }
    >
      <form id="new-subscription" onSubmit={make} className="flex flex-col gap-3.5">
        <Field label={t`Address`} error={failure?.field === 'url' ? failure.text : undefined}>
          <TextInput
            type="url"
            inputMode="url"
            autoFocus
            spellCheck={false}
            placeholder="https://"
            maxLength={2000}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <Field label={t`Name (optional)`}>
          <TextInput maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t`Form`} hint={describe(dialect)}>
          <Select
            value={dialect}
            onChange={(event) => {
              setDialect(event.target.value as Dialect)
              setEvents(['*'])
            }}
          >
            {dialects.map(({ value, label }) => (
              <option key={value} value={value}>
                {i18n._(label)}
              </option>
            ))}
          </Select>
        </Field>
        {dialect === 'cloud-api' ? (
          <Field
            label={t`Verify token (optional)`}
            hint={t`With it the address must first answer Meta’s handshake.`}
            error={failure?.field === 'verify_token' ? failure.text : undefined}
          >
            <TextInput maxLength={256} value={token} onChange={(event) => setToken(event.target.value)} />
          </Field>
        ) : null}
        <EventChoice dialect={dialect} events={events} onChange={setEvents} />
        {numbers.length > 1 ? (
          <Field label={t`Business number`}>
            <Select value={number} onChange={(event) => setNumber(event.target.value)}>
              <option value="">{t`All numbers`}</option>
              {numbers.map((each) => (
                <option key={each.number_id} value={each.phone_number_id}>
                  {each.verified_name || each.display_phone}
                </option>
              ))}
            </Select>
          </Field>
        ) : null}
        {failure && failure.field !== 'url' && failure.field !== 'verify_token' ? (
          <p role="alert" className="text-bad text-second">
            {failure.text}
          </p>
        ) : null}
      </form>
    </Dialog>
  )

  function describe(value: Dialect): string {
    const found = dialects.find((each) => each.value === value)
    return found ? i18n._(found.about) : ''
  }
}
