import { useLingui } from '@lingui/react/macro'
import { ChevronDown, UserMinus, UserPlus, Users } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Conversation } from '../../api/types'
import { usePerson } from '../../frame/session'
import { useCommands } from '../../keys/commands'
import { useKeys } from '../../keys/keymap'
import { Avatar } from '../../ui/Avatar'
import { Button } from '../../ui/Button'
import { ariaKeys } from '../../ui/Kbd'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu'
import { usePeople } from '../data/queries'
import { shortName } from '../words'
import type { Assignment } from './useAssignment'

interface AssignProps {
  conversation: Conversation
  assignment: Assignment
}

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

/** Who has this conversation, and whom it can go to. */
export function AssignMenu({ conversation, assignment }: AssignProps) {
  const { t } = useLingui()
  const { assignee } = conversation
  const assignKey = useKeys('assign')
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  // In a narrow header this menu is one with the others, behind a button of its own.
  useCommands({
    assign: () => {
      if (button.current?.offsetParent) setOpen(true)
    },
  })
  return (
    <Menu
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button
          ref={button}
          aria-keyshortcuts={ariaKeys(assignKey)}
          aria-label={assignee ? t`Assigned to ${assignee.name}, change` : t`Assign to somebody`}
          className="border-line"
          icon={
            assignee ? (
              <Avatar id={assignee.person_id} name={assignee.name} of="person" size={20} />
            ) : (
              <Users aria-hidden size={18} strokeWidth={1.75} />
            )
          }
          iconEnd={<ChevronDown {...icon} />}
        >
          {assignee ? (
            <span className="@max-2xl:hidden max-w-32 truncate">{shortName(assignee.name)}</span>
          ) : null}
        </Button>
      }
    >
      <AssignItems conversation={conversation} assignment={assignment} />
    </Menu>
  )
}

/** The choices, also for the one menu of a phone. */
export function AssignItems({ conversation: { assignee, state }, assignment }: AssignProps) {
  const { t } = useLingui()
  const me = usePerson()
  const claimKey = useKeys('claim')
  const people = usePeople().data ?? []
  const { mine, other, claim, takeOver, release, give } = assignment
  const others = people.filter(({ person_id }) => person_id !== me.id && person_id !== assignee?.person_id)
  return (
    <>
      {mine ? null : other ? (
        <MenuItem icon={<UserPlus {...icon} />} onSelect={takeOver}>
          {t`Take over from ${other}`}
        </MenuItem>
      ) : (
        <MenuItem icon={<UserPlus {...icon} />} keys={claimKey} onSelect={claim}>
          {t`Claim`}
        </MenuItem>
      )}
      {state === 'waiting' ? null : (
        <MenuItem icon={<UserMinus {...icon} />} keys={mine ? claimKey : undefined} onSelect={release}>
          {state === 'closed' ? t`Reopen for everybody` : t`Release`}
        </MenuItem>
      )}
      {others.length > 0 ? <MenuLine /> : null}
      {others.map((person) => (
        <MenuItem
          key={person.person_id}
          icon={<Avatar id={person.person_id} name={person.name} of="person" size={20} />}
          onSelect={() => give(person.person_id)}
        >
          {person.name}
        </MenuItem>
      ))}
    </>
  )
}
