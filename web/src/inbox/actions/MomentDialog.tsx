import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { dayText, momentText } from './moments'

interface MomentDialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** The button that chooses: a verb and its object. */
  action: string
  /** A day alone, or with its time. */
  with: 'day' | 'time'
  first: Date
  min?: Date
  max?: Date
  onChoose: (moment: Date) => void
}

/** Asks for a day, or a day and a time, with the platform's own calendar. */
export function MomentDialog(props: MomentDialogProps) {
  const { t } = useLingui()
  const { open, onClose, title, action, first, min, max, onChoose } = props
  const write = props.with === 'day' ? dayText : momentText
  const [text, setText] = useState('')
  const shown = text || write(first)
  const moment = new Date(props.with === 'day' ? `${shown}T00:00` : shown)
  const fits = !Number.isNaN(moment.getTime()) && (!min || moment > min) && (!max || moment <= max)
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            disabledReason={
              fits ? undefined : min ? t`Choose a moment that is still to come.` : t`Choose a day.`
            }
            onClick={() => {
              onClose()
              onChoose(moment)
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      <Field label={props.with === 'day' ? t`Day` : t`Day and time`}>
        <TextInput
          type={props.with === 'day' ? 'date' : 'datetime-local'}
          value={shown}
          min={min ? write(min) : undefined}
          max={max ? write(max) : undefined}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </Dialog>
  )
}
