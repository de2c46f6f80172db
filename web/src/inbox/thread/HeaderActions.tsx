import { useLingui } from '@lingui/react/macro'
import { Check, EllipsisVertical, PanelRight } from 'lucide-react'
import type { Conversation } from '../../api/types'
import { Button } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu'
import { AssignItems, AssignMenu } from './AssignMenu'
import type { Assignment } from './useAssignment'

interface HeaderActionsProps {
  conversation: Conversation
  assignment: Assignment
  personOpen: boolean
  onPerson: () => void
}

/** What can be done with a conversation: in a row, or behind one button where the header is narrow. */
export function HeaderActions(props: HeaderActionsProps) {
  return (
    <>
      <div className="@max-md:hidden flex items-center gap-2.5">
        <Row {...props} />
      </div>
      <div className="@md:hidden">
        <One {...props} />
      </div>
    </>
  )
}

function Row({ conversation, assignment, personOpen, onPerson }: HeaderActionsProps) {
  const { t } = useLingui()
  return (
    <>
      {conversation.state === 'waiting' ? (
        <Button variant="ink" keys="C" onClick={assignment.claim} className="@max-2xl:[&_kbd]:hidden">
          {t`Claim`}
        </Button>
      ) : null}
      <AssignMenu conversation={conversation} assignment={assignment} />
      <IconButton
        name={t`About this person`}
        keys="O"
        aria-pressed={personOpen}
        onClick={onPerson}
        icon={<PanelRight size={18} strokeWidth={1.75} />}
      />
      {conversation.state === 'closed' ? null : (
        <Button
          keys="E"
          onClick={() => void assignment.resolve()}
          icon={<Check aria-hidden size={15} strokeWidth={2} />}
          aria-label={t`Resolve`}
          className="@max-2xl:[&_kbd]:hidden"
        >
          <span className="@max-lg:hidden">{t`Resolve`}</span>
        </Button>
      )}
    </>
  )
}

function One({ conversation, assignment, onPerson }: HeaderActionsProps) {
  const { t } = useLingui()
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t`More`}
          className="inline-flex size-11 items-center justify-center rounded-control text-text2 hover:bg-hover"
        >
          <EllipsisVertical aria-hidden size={20} strokeWidth={1.75} />
        </button>
      }
    >
      {conversation.state === 'closed' ? null : (
        <MenuItem icon={<Check {...icon} />} onSelect={() => void assignment.resolve()}>
          {t`Resolve`}
        </MenuItem>
      )}
      <MenuItem icon={<PanelRight {...icon} />} onSelect={onPerson}>
        {t`About this person`}
      </MenuItem>
      <MenuLine />
      <AssignItems conversation={conversation} assignment={assignment} />
    </Menu>
  )
}
