import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { FormFailure } from '../errors/FormFailure'
import { useForm } from '../errors/useForm'
import { useChecks } from '../signin/checks'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'

interface RenameDialogProps {
  title: ReactNode
  description?: ReactNode
  /** What stands on the button. */
  action: ReactNode
  name: string
  /** The codes of refusals that are about the name. */
  about?: readonly string[]
  /** Throws what the server answers. */
  onName: (name: string) => Promise<void>
  onClose: () => void
}

/** Asks for one name. */
export function RenameDialog(props: RenameDialogProps) {
  const { title, description, action, name, about = [], onName, onClose } = props
  const { t } = useLingui()
  const checks = useChecks()
  const form = useForm({
    start: { name },
    check: { name: checks.name },
    at: Object.fromEntries(about.map((code) => [code, 'name' as const])),
    send: async (values) => {
      await onName(values.name.trim())
      onClose()
    },
  })
  return (
    <Dialog
      open
      keepOpen={form.values.name !== name}
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="one-name" busy={form.busy} disabledReason={form.waiting}>
            {action}
          </Button>
        </>
      }
    >
      <form id="one-name" {...form.props} className="flex flex-col gap-3.5">
        <Field label={t`Name`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoFocus autoComplete="off" />
        </Field>
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
