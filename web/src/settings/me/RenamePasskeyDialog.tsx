import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type Passkey, renamePasskey } from '../../api/accounts'
import { RenameDialog } from '../RenameDialog'
import { passkeysKey } from './PasskeysPart'

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  return (
    <RenameDialog
      title={t`What is the passkey called?`}
      action={t`Save the name`}
      name={passkey.name}
      onName={async (name) => {
        await renamePasskey(passkey.passkey_id, name)
        await queries.invalidateQueries({ queryKey: passkeysKey })
      }}
      onClose={onClose}
    />
  )
}
