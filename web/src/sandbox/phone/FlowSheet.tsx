import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'
import type { Message } from '../model'
import { completeFlow } from '../taps'
import { usePhone } from './PhoneContext'
import { PhoneSheet } from './PhoneSheet'

interface FlowSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  message: Message
  title: string
  name: string
}

/** The sandbox does not draw WhatsApp's forms; what a completed one answers is written as JSON. */
export function FlowSheet({ open, onOpenChange, message, title, name }: FlowSheetProps) {
  const { t } = useLingui()
  const phone = usePhone()
  const [answers, setAnswers] = useState('{\n  "flow_token": "unused"\n}')
  const [busy, setBusy] = useState(false)
  const valid = isObject(answers)

  async function send() {
    setBusy(true)
    const went = await phone.write(completeFlow(message, name, answers))
    setBusy(false)
    if (went) onOpenChange(false)
  }

  return (
    <PhoneSheet open={open} onOpenChange={onOpenChange} title={title}>
      <Field
        label={t`Answers as JSON`}
        hint={t`The form itself is not shown here. This goes out as it would when the form is completed.`}
        error={valid ? undefined : t`This is not a JSON object. Nothing was sent.`}
      >
        <Textarea
          rows={5}
          spellCheck={false}
          value={answers}
          onChange={(event) => setAnswers(event.target.value)}
          className="font-mono text-meta"
        />
      </Field>
      <Button
        variant="ink"
        className="mt-3 w-full"
        busy={busy}
        disabledReason={phone.locked || (valid ? undefined : t`The answers are not a JSON object.`)}
        onClick={send}
      >
        {t`Send answers`}
      </Button>
    </PhoneSheet>
  )
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
