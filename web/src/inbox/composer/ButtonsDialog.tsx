import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useSendAnswer } from '../thread/useSendContent'
import { FormDialog } from './FormDialog'
import { type ButtonsForm, buttonsContent, checkButtons, limits } from './interactive'
import { LimitedField } from './LimitedField'
import { useFaultWords } from './useFaultWords'

const empty: ButtonsForm = { text: '', footer: '', titles: ['', '', ''] }

interface DialogProps {
  open: boolean
  onClose: () => void
}

/** A text with one to three buttons to tap. */
export function ButtonsDialog({ open, onClose }: DialogProps) {
  const { t } = useLingui()
  const send = useSendAnswer()
  const words = useFaultWords()
  const [form, setForm] = useState(empty)
  const { text, footer, titles } = form
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t`Message with buttons`}
      description={t`The customer answers with one tap.`}
      typed={text !== '' || footer !== '' || titles.some(Boolean)}
      onEmpty={() => setForm(empty)}
      fault={words(checkButtons(form))}
      onSend={() => send(buttonsContent(form))}
    >
      <LimitedField
        label={t`Text`}
        multiline
        autoFocus
        limit={limits.buttonsText}
        value={text}
        onChange={(next) => setForm({ ...form, text: next })}
      />
      {titles.map((title, place) => (
        <LimitedField
          // biome-ignore lint/suspicious/noArrayIndexKey: a button is its place
          key={place}
          label={t`Button ${place + 1}`}
          optional={place > 0}
          limit={limits.buttonTitle}
          value={title}
          onChange={(next) => setForm({ ...form, titles: titles.with(place, next) })}
        />
      ))}
      <LimitedField
        label={t`Line below`}
        optional
        limit={limits.footer}
        value={footer}
        onChange={(next) => setForm({ ...form, footer: next })}
      />
    </FormDialog>
  )
}
