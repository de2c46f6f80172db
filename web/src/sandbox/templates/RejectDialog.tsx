import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { reasons } from './words'

interface RejectDialogProps {
  name: string
  busy: boolean
  failure: string
  onReject: (code: string) => void
  onClose: () => void
}

/** Asks for the reason that Meta gives. */
export function RejectDialog({ name, busy, failure, onReject, onClose }: RejectDialogProps) {
  const { t, i18n } = useLingui()
  const [reason, setReason] = useState(reasons[0]?.code ?? '')
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Why is “${name}” rejected?`}
      description={t`Your program gets the reason with the webhook. A rejected template cannot be sent.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="danger" busy={busy} onClick={() => onReject(reason)}>
            {t`Reject template`}
          </Button>
        </>
      }
    >
      <Field label={t`Reason`} hint={reason} error={failure ? t`Not changed: ${failure}` : undefined}>
        <Select value={reason} onChange={(event) => setReason(event.target.value)}>
          {reasons.map(({ code, label }) => (
            <option key={code} value={code}>
              {i18n._(label)}
            </option>
          ))}
        </Select>
      </Field>
    </Dialog>
  )
}
