import { useLingui } from '@lingui/react/macro'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { IconButton } from '../../ui/IconButton'
import { TextInput } from '../../ui/TextInput'
import { useSendAnswer } from '../thread/useSendContent'
import { type CardFault, type CardForm, cardsOf, checkCard, checkCards, emptyCard, mostCards } from './cards'
import { FormDialog } from './FormDialog'

interface DialogProps {
  open: boolean
  onClose: () => void
}

/** People to recommend: the customer can call, write to and keep each of them. */
export function ContactsDialog({ open, onClose }: DialogProps) {
  const { t } = useLingui()
  const send = useSendAnswer()
  const [forms, setForms] = useState<readonly CardForm[]>([emptyCard])
  const faults: Record<CardFault, string> = {
    name: t`Write a first or last name first.`,
    reach: t`Write a phone number or an email address first.`,
    phone: t`A phone number is not complete.`,
    email: t`An email address is not complete.`,
  }
  const fault = checkCards(forms)
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t`Contacts`}
      description={t`The customer can call them, write to them and keep them.`}
      typed={forms.some((form) => Object.values(form).some(Boolean))}
      onEmpty={() => setForms([emptyCard])}
      fault={fault ? faults[fault] : undefined}
      onSend={() => send({ type: 'contacts', contacts: cardsOf(forms) })}
    >
      <ol className="flex flex-col gap-4">
        {forms.map((form, place) => (
          <Card
            // biome-ignore lint/suspicious/noArrayIndexKey: a card is its place
            key={place}
            form={form}
            place={place}
            onChange={(change) => setForms(forms.with(place, { ...form, ...change }))}
            onRemove={forms.length > 1 ? () => setForms(forms.filter((_, at) => at !== place)) : undefined}
          />
        ))}
      </ol>
      {forms.length < mostCards ? (
        <Button
          size="small"
          className="self-start"
          icon={<Plus aria-hidden size={13} strokeWidth={2} />}
          onClick={() => setForms([...forms, emptyCard])}
        >
          {t`Add a person`}
        </Button>
      ) : null}
    </FormDialog>
  )
}

interface CardProps {
  form: CardForm
  place: number
  onChange: (change: Partial<CardForm>) => void
  onRemove?: () => void
}

function Card({ form, place, onChange, onRemove }: CardProps) {
  const { t } = useLingui()
  const fault = checkCard(form)
  const number = place + 1
  // Nobody is told that a number is too short while still typing it.
  const odd = fault === 'phone' && (/[^\d\s()+./-]/.test(form.phone) || form.phone.length > 15)
  return (
    <li
      aria-label={t`Person ${number}`}
      className="flex items-start gap-2 border-line not-first:border-t not-first:pt-4"
    >
      <div className="grid min-w-0 flex-1 grid-cols-2 gap-x-3 gap-y-2.5 max-sm:grid-cols-1">
        <Field label={t`First name`}>
          <TextInput
            value={form.first}
            autoComplete="off"
            onChange={(event) => onChange({ first: event.target.value })}
          />
        </Field>
        <Field label={t`Last name`}>
          <TextInput
            value={form.last}
            autoComplete="off"
            onChange={(event) => onChange({ last: event.target.value })}
          />
        </Field>
        <Field label={t`Phone`} error={odd ? t`Write it with the country code: +49 …` : undefined}>
          <TextInput
            type="tel"
            value={form.phone}
            autoComplete="off"
            onChange={(event) => onChange({ phone: event.target.value })}
          />
        </Field>
        <Field label={t`Email`}>
          <TextInput
            type="email"
            value={form.email}
            autoComplete="off"
            onChange={(event) => onChange({ email: event.target.value })}
          />
        </Field>
        <Field label={t`Company`} className="col-span-full">
          <TextInput
            value={form.company}
            autoComplete="off"
            onChange={(event) => onChange({ company: event.target.value })}
          />
        </Field>
      </div>
      {onRemove ? (
        <IconButton
          name={t`Take person ${number} away`}
          icon={<X size={15} strokeWidth={1.75} />}
          onClick={onRemove}
        />
      ) : null}
    </li>
  )
}
