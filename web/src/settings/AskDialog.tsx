import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { useRefusalWords } from '../errors/refusals'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'

interface AskDialogProps {
  title: ReactNode
  /** The consequence. */
  description: ReactNode
  /** A verb and its object, on the button that does it. */
  action: ReactNode
  /** On the button that leaves everything as it is. */
  keep?: ReactNode
  /** It can be taken back, so nothing warns of it. */
  harmless?: boolean
  /** Throws what the server answers. */
  onDo: () => Promise<void>
  onClose: () => void
}

/** Asks before something is done that others notice; a refusal keeps the question open. */
export function AskDialog({ title, description, action, keep, harmless, onDo, onClose }: AskDialogProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')

  async function act() {
    setBusy(true)
    setFailure('')
    try {
      await onDo()
      onClose()
    } catch (error) {
      setFailure(words(error).text)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{keep ?? t`Cancel`}</Button>
          <Button variant={harmless ? 'ink' : 'danger'} busy={busy} onClick={act}>
            {action}
          </Button>
        </>
      }
    >
      {failure ? (
        <p role="alert" className="text-bad text-second">
          {failure}
        </p>
      ) : null}
    </Dialog>
  )
}
