import { useLingui } from '@lingui/react/macro'
import { SendHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'

interface FormDialogProps {
  open: boolean
  onClose: () => void
  title: string
  description?: string
  /** Something was typed: a click outside does not close, and it can be emptied. */
  typed: boolean
  onEmpty: () => void
  /** Why it cannot be sent yet. */
  fault: string | undefined
  onSend: () => void
  children: ReactNode
}

/** A form that is sent as a message. What was typed stays when it is closed, also after an undo. */
export function FormDialog(props: FormDialogProps) {
  const { t } = useLingui()
  const { open, onClose, title, description, typed, onEmpty, fault, onSend, children } = props
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
      title={title}
      description={description}
      keepOpen={typed}
      footer={
        <>
          {typed ? (
            <Button variant="quiet" onClick={onEmpty} className="mr-auto">
              {t`Empty the form`}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button
            variant="seal"
            disabledReason={fault}
            onClick={() => {
              onSend()
              onClose()
            }}
            iconEnd={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
          >
            {t`Send`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-1">{children}</div>
    </Dialog>
  )
}
