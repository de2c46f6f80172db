import { useLingui } from '@lingui/react/macro'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { client } from './client'
import { useDoing } from './useDoing'

interface StartAnewDialogProps {
  people: number
  onClose: () => void
}

/** Everything the sandbox knows goes; what Kontor knows stays. */
export function StartAnewDialog({ people, onClose }: StartAnewDialogProps) {
  const { t, i18n } = useLingui()
  const { busy, failure, attempt } = useDoing()
  const figure = i18n.number(people)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Start the sandbox anew?`}
      description={
        people === 1
          ? t`1 person with all messages, the faults, Meta’s time and the log are forgotten. Conversations in Kontor stay.`
          : t`${figure} people with all messages, the faults, Meta’s time and the log are forgotten. Conversations in Kontor stay.`
      }
      footer={
        <>
          <Button onClick={onClose}>{t`Keep everything`}</Button>
          <Button
            variant="danger"
            busy={busy}
            onClick={async () => {
              if (await attempt(() => client.reset())) onClose()
            }}
          >
            {t`Start anew`}
          </Button>
        </>
      }
    >
      {failure ? (
        <p role="alert" className="text-bad text-second">
          {t`Nothing was forgotten: ${failure}`}
        </p>
      ) : null}
    </Dialog>
  )
}
