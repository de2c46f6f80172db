import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import type { Card, Place } from '../model'
import { digitsOf, isPhone } from '../phones'
import { PhoneSheet } from './PhoneSheet'

interface AskSheetProps<Answer> {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Sends it; true when it went out. */
  onAnswer: (answer: Answer) => Promise<boolean>
}

/** A place to send. It starts with the house of the demo data, so that one tap is enough for a test. */
export function PlaceSheet({ open, onOpenChange, onAnswer }: AskSheetProps<Place>) {
  const { t } = useLingui()
  const [latitude, setLatitude] = useState('53.86893')
  const [longitude, setLongitude] = useState('10.68729')
  const [name, setName] = useState('')
  const place = { latitude: degrees(latitude, 90), longitude: degrees(longitude, 180) }
  const valid = !Number.isNaN(place.latitude) && !Number.isNaN(place.longitude)

  return (
    <AskForm
      open={open}
      onOpenChange={onOpenChange}
      title={t`Send location`}
      action={t`Send location`}
      wrong={valid ? '' : t`Latitude goes from −90 to 90, longitude from −180 to 180.`}
      onSend={() => onAnswer({ ...place, name: name.trim(), address: '' })}
    >
      <div className="grid grid-cols-2 gap-2">
        <Field label={t`Latitude`}>
          <TextInput
            inputMode="decimal"
            value={latitude}
            onChange={(event) => setLatitude(event.target.value)}
          />
        </Field>
        <Field label={t`Longitude`}>
          <TextInput
            inputMode="decimal"
            value={longitude}
            onChange={(event) => setLongitude(event.target.value)}
          />
        </Field>
      </div>
      <Field label={t`Name of the place (optional)`}>
        <TextInput value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
    </AskForm>
  )
}

/** A business card to share. */
export function ContactSheet({ open, onOpenChange, onAnswer }: AskSheetProps<Card>) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const valid = name.trim() !== '' && isPhone(digitsOf(phone))

  return (
    <AskForm
      open={open}
      onOpenChange={onOpenChange}
      title={t`Share contact`}
      action={t`Share contact`}
      wrong={valid ? '' : t`A name and a phone number with its country code are needed.`}
      onSend={() =>
        onAnswer({ name: name.trim(), phones: [`+${digitsOf(phone)}`], emails: [], organisation: '' })
      }
    >
      <Field label={t`Name`}>
        <TextInput value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={t`Phone number`}>
        <TextInput
          type="tel"
          placeholder="+49 451 5550100"
          value={phone}
          onChange={(event) => setPhone(event.target.value)}
        />
      </Field>
    </AskForm>
  )
}

interface AskFormProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  action: string
  /** Why it cannot be sent yet; empty when it can. */
  wrong: string
  onSend: () => Promise<boolean>
  children: ReactNode
}

function AskForm({ open, onOpenChange, title, action, wrong, onSend, children }: AskFormProps) {
  const [busy, setBusy] = useState(false)
  return (
    <PhoneSheet open={open} onOpenChange={onOpenChange} title={title}>
      <form
        className="flex flex-col gap-3"
        onSubmit={async (event) => {
          event.preventDefault()
          if (busy || wrong) return
          setBusy(true)
          await onSend()
          setBusy(false)
          onOpenChange(false)
        }}
      >
        {children}
        <Button type="submit" variant="ink" busy={busy} disabledReason={wrong || undefined}>
          {action}
        </Button>
      </form>
    </PhoneSheet>
  )
}

function degrees(typed: string, most: number): number {
  const value = Number(typed.trim().replace(',', '.'))
  return typed.trim() !== '' && Math.abs(value) <= most ? value : Number.NaN
}
