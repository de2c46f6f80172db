import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { deactivateMember, type Member, reactivateMember } from '../../api/accounts'
import { toast } from '../../ui/Toast'
import { AskDialog } from '../AskDialog'

/** Closes somebody's account, or opens it again. */
export function StateDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { person_id, name, state } = member
  const done = async (text: string) => {
    await queries.invalidateQueries({ queryKey: ['people'] })
    toast({ text })
  }
  if (state === 'deactivated') {
    return (
      <AskDialog
        harmless
        title={t`Open the account of ${name} again?`}
        description={t`They come in as before, with the same role, teams and password.`}
        action={t`Open the account`}
        keep={t`Leave it closed`}
        onDo={async () => {
          await reactivateMember(person_id)
          await done(t`Open again: ${name}`)
        }}
        onClose={onClose}
      />
    )
  }
  return (
    <AskDialog
      title={t`Close the account of ${name}?`}
      description={t`They are signed out everywhere at once and come in no more. Their open conversations go back to the queue; what they wrote stays.`}
      action={t`Close the account`}
      keep={t`Leave it open`}
      onDo={async () => {
        await deactivateMember(person_id)
        await done(t`Closed: ${name}`)
      }}
      onClose={onClose}
    />
  )
}
