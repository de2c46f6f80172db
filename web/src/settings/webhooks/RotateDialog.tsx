import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type NewSubscription, rotateSecret, type Subscription } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { SecretOnce } from '../SecretOnce'
import { subscriptionKeys } from './keys'

interface RotateDialogProps {
  subscription: Subscription
  onClose: () => void
}

/** In hours; how long calls are signed with both secrets, so that the receiver can change over in peace. */
const overlaps = [0, 1, 24, 72, 168] as const

/** Makes a new secret; the one before goes on counting for a time. */
export function RotateDialog({ subscription, onClose }: RotateDialogProps) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [hours, setHours] = useState(24)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [made, setMade] = useState<NewSubscription | null>(null)
  // Meta's form has one signature only.
  const both = subscription.dialect !== 'cloud-api'

  async function rotate() {
    setBusy(true)
    setFailure('')
    try {
      setMade(await rotateSecret(subscription.id, both ? hours : 0))
      void queries.invalidateQueries({ queryKey: subscriptionKeys.all })
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(false)
  }

  if (made) {
    return (
      <Dialog
        open
        keepOpen
        onOpenChange={onClose}
        title={t`The new secret`}
        footer={<Button variant="ink" onClick={onClose}>{t`Done`}</Button>}
      >
        <SecretOnce label={t`Secret for the signature`} secret={made.secret} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Make a new secret?`}
      description={
        both
          ? t`Calls are signed with the new one at once, and with the old one as well for as long as you say.`
          : t`Calls are signed with the new one at once: Meta’s form has one signature. Until your program knows it, it refuses them; they are then tried again.`
      }
      footer={
        <>
          <Button onClick={onClose}>{t`Keep the secret`}</Button>
          <Button variant="ink" busy={busy} onClick={rotate}>
            {t`Make a new secret`}
          </Button>
        </>
      }
    >
      {both ? (
        <Field label={t`The old secret counts for`}>
          <Select value={hours} onChange={(event) => setHours(Number(event.target.value))}>
            {overlaps.map((each) => (
              <option key={each} value={each}>
                {each === 0
                  ? t`not at all`
                  : each === 1
                    ? t`1 hour`
                    : each < 48
                      ? t`${i18n.number(each)} hours`
                      : t`${i18n.number(each / 24)} days`}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
      {failure ? (
        <p role="alert" className="mt-2 text-bad text-second">
          {failure}
        </p>
      ) : null}
    </Dialog>
  )
}
