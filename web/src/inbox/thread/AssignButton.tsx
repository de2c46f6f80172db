import { useLingui } from '@lingui/react/macro'
import { ChevronDown, Users } from 'lucide-react'
import type { ComponentProps } from 'react'
import type { Conversation } from '../../api/types'
import { useKeys } from '../../keys/keymap'
import { Avatar } from '../../ui/Avatar'
import { Button } from '../../ui/Button'
import { ariaKeys } from '../../ui/Kbd'
import { shortName } from '../words'

interface AssignButtonProps extends Pick<ComponentProps<'button'>, 'ref' | 'onClick'> {
  conversation: Conversation
  /** Whether what it opens is open: whom the conversation can go to (`team/AssignPicker`). */
  open: boolean
}

/** Who has this conversation. */
export function AssignButton({ conversation: { assignee }, open, ...rest }: AssignButtonProps) {
  const { t } = useLingui()
  const assignKey = useKeys('assign')
  return (
    <Button
      {...rest}
      aria-keyshortcuts={ariaKeys(assignKey)}
      aria-haspopup="dialog"
      aria-expanded={open}
      aria-label={assignee ? t`Assigned to ${assignee.name}, change` : t`Assign to somebody`}
      className="border-line"
      icon={
        assignee ? (
          <Avatar id={assignee.person_id} name={assignee.name} of="person" size={20} />
        ) : (
          <Users aria-hidden size={18} strokeWidth={1.75} />
        )
      }
      iconEnd={<ChevronDown aria-hidden size={15} strokeWidth={1.75} />}
    >
      {assignee ? (
        <span className="@max-2xl:hidden max-w-32 truncate">{shortName(assignee.name)}</span>
      ) : null}
    </Button>
  )
}
