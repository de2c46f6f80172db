import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type Passkey, removePasskey } from '../../api/accounts'
import { toast } from '../../ui/Toast'
import { AskDialog } from '../AskDialog'
import { passkeysKey } from './PasskeysPart'
import { myAccountKey } from './useMyAccount'

interface RemovePasskeyDialogProps {
  passkey: Passkey
  /** Without it the person has neither passkey nor password. */
  last: boolean
  onClose: () => void
}

export function RemovePasskeyDialog({ passkey, last, onClose }: RemovePasskeyDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { name } = passkey
  return (
    <AskDialog
      title={t`Remove “${name}”?`}
      description={
        last
          ? t`It opens nothing here from then on. You have no password either: choose one first, or you need a link to come in again.`
          : t`It opens nothing here from then on. Your device keeps it until you delete it there.`
      }
      action={t`Remove the passkey`}
      keep={t`Keep the passkey`}
      onDo={async () => {
        await removePasskey(passkey.passkey_id)
        await Promise.all(
          [passkeysKey, myAccountKey].map((queryKey) => queries.invalidateQueries({ queryKey })),
        )
        toast({ text: t`Removed: ${name}` })
      }}
      onClose={onClose}
    />
  )
}
