import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Label } from '../../api/desk'
import * as desk from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { LimitedField } from '../composer/LimitedField'
import { keys } from '../data/queries'

interface LabelDialogProps {
  /** The label to change; a new one without. */
  label?: Label
  onClose: () => void
  onSaved?: (label: Label) => void
}

/** A name and a colour. */
export function LabelDialog({ label, onClose, onSaved }: LabelDialogProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const colours = [
    { value: '#64748b', name: t`Grey` },
    { value: '#2563eb', name: t`Blue` },
    { value: '#0d9488', name: t`Green` },
    { value: '#ca8a04', name: t`Yellow` },
    { value: '#ea580c', name: t`Orange` },
    { value: '#dc2626', name: t`Red` },
    { value: '#db2777', name: t`Pink` },
    { value: '#7c3aed', name: t`Violet` },
  ]
  const [name, setName] = useState(label?.name ?? '')
  const [colour, setColour] = useState(label?.colour ?? '#2563eb')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const said = name.trim()

  async function save() {
    setBusy(true)
    setError(null)
    try {
      const saved = label
        ? await desk.changeLabel(label.label_id, { name: said, colour })
        : await desk.addLabel(said, colour)
      await queries.invalidateQueries({ queryKey: keys.labels })
      onSaved?.(saved)
      onClose()
    } catch (fault) {
      setError(fault)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={label ? t`Change the label` : t`New label`}
      keepOpen={name !== (label?.name ?? '')}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            busy={busy}
            disabledReason={
              said === '' || [...said].length > 40 ? t`A name has 1 to 40 characters.` : undefined
            }
            onClick={() => void save()}
          >
            {t`Save label`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <LimitedField
          label={t`Name`}
          autoFocus
          limit={40}
          value={name}
          onChange={setName}
          error={error ? words(error).text : undefined}
        />
        <fieldset>
          <legend className="mb-1 font-semibold text-second">{t`Colour`}</legend>
          <div className="flex flex-wrap gap-1.5">
            {colours.map(({ value, name: word }) => (
              <label
                key={value}
                className="inline-flex min-h-8.5 items-center gap-1.5 rounded-full border border-line px-2.5 text-meta has-checked:border-ink has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-focus pointer-coarse:min-h-11"
              >
                <input
                  type="radio"
                  name="colour"
                  className="sr-only"
                  checked={colour === value}
                  onChange={() => setColour(value)}
                />
                <span aria-hidden style={{ backgroundColor: value }} className="size-3 rounded-full" />
                {word}
              </label>
            ))}
          </div>
        </fieldset>
      </div>
    </Dialog>
  )
}
