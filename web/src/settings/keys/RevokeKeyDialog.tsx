import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Key, revokeKey } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/Toast'

interface RevokeKeyDialogProps {
  apiKey: Key
  onClose: () => void
}

export function RevokeKeyDialog({ apiKey, onClose }: RevokeKeyDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')

  async function revoke() {
    setBusy(true)
    try {
      await revokeKey(apiKey.key_id)
      await queries.invalidateQueries({ queryKey: ['keys'] })
      toast({ text: t`Revoked: ${apiKey.name}` })
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
      title={t`Revoke “${apiKey.name}”?`}
      description={t`The program that uses the key …${apiKey.hint} can send and read nothing from then on. That cannot be undone; a new key is a new secret.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Keep the key`}</Button>
          <Button variant="danger" busy={busy} onClick={revoke}>
            {t`Revoke the key`}
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
