import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useSendAnswer } from '../thread/useSendContent'
import { FormDialog } from './FormDialog'
import { PlaceFields } from './PlaceFields'
import { type PlaceForm, readPlace } from './place'

const empty: PlaceForm = { point: '', name: '', address: '' }

interface DialogProps {
  open: boolean
  onClose: () => void
}

/** A place to send. */
export function LocationDialog({ open, onClose }: DialogProps) {
  const { t } = useLingui()
  const send = useSendAnswer()
  const [form, setForm] = useState(empty)
  const location = readPlace(form)
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t`Location`}
      typed={Boolean(form.point || form.name || form.address)}
      onEmpty={() => setForm(empty)}
      fault={location ? undefined : t`Write the coordinates first.`}
      onSend={() => {
        if (location) send({ type: 'location', location })
      }}
    >
      <PlaceFields form={form} onChange={setForm} />
    </FormDialog>
  )
}
