import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'

interface JsonDialogProps {
  title: string
  description: string
  /** What the text is called. */
  label: string
  hint?: string
  /** The text as it was before somebody typed. */
  start: string
  action: string
  busy: boolean
  failure: string
  /** Above the text. */
  children?: ReactNode
  onDo: (json: unknown) => void
  onClose: () => void
}

/** Asks for JSON, and takes nothing else. */
export function JsonDialog(props: JsonDialogProps) {
  const { t } = useLingui()
  const { start, busy, failure, onDo, onClose } = props
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? start
  const json = parsed(text)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      keepOpen={typed !== null && typed !== start}
      title={props.title}
      description={props.description}
      footer={
        <>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button
            variant="ink"
            busy={busy}
            disabledReason={json === undefined ? t`This is no JSON.` : undefined}
            onClick={() => onDo(json)}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {props.children}
        <Field
          label={props.label}
          hint={props.hint}
          error={json === undefined ? t`This is no JSON.` : failure ? t`Not changed: ${failure}` : undefined}
        >
          <Textarea
            dir="ltr"
            spellCheck={false}
            className="max-h-[16lh] min-h-[10lh] whitespace-pre font-mono text-meta"
            value={text}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      </div>
    </Dialog>
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function pretty(json: unknown): string {
  return JSON.stringify(json, null, 1)
}
