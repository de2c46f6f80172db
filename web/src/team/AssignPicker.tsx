import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Popover } from 'radix-ui'
import { type ReactNode, type RefObject, useState } from 'react'
import * as calls from '../api/calls'
import { Refusal } from '../api/client'
import type { Conversation } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { isLead } from '../frame/roles'
import { usePerson } from '../frame/session'
import { useFormat } from '../i18n/format'
import { putConversation } from '../inbox/data/facts'
import { keys, usePeople } from '../inbox/data/queries'
import { type Assignment, faster } from '../inbox/thread/useAssignment'
import { announce } from '../ui/announce'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { toast } from '../ui/Toast'
import { ChoiceList } from './ChoiceList'
import { handOver, noTeam } from './calls'
import { type Choice, choicesOf } from './choices'
import { useAgents, useRouting } from './queries'

type Handed = Extract<Choice, { kind: 'person' | 'team' }>

interface AssignPickerProps {
  conversation: Conversation
  assignment: Assignment
  /** The button that opened it; where it cannot be seen, a dialog opens instead. */
  anchor: RefObject<HTMLButtonElement | null>
  onClose: () => void
}

/** Whom a conversation goes to: oneself, a person or a team, found by a few letters. */
export function AssignPicker({ conversation, assignment, anchor, onClose }: AssignPickerProps) {
  const { t } = useLingui()
  const me = usePerson()
  const people = usePeople().data ?? []
  const agents = useAgents().data ?? []
  const teams = useRouting().data ?? []
  const { other, claim, takeOver, release } = assignment
  const mayForce = isLead(me.role)
  const { hand, busy, stopped, failure, forget } = useHandOver({
    conversation,
    assignment,
    mayForce,
    onClose,
  })
  const choices = choicesOf({
    conversation,
    me: me.id,
    people,
    agents,
    teams,
    mayForce,
    words: {
      claim: t`Claim it yourself`,
      takeOver: t`Take over from ${other ?? ''}`,
      release: conversation.state === 'closed' ? t`Reopen for everybody` : t`Release`,
      noTeam: t`No team`,
    },
  })

  function choose(choice: Choice) {
    if (choice.kind === 'person' || choice.kind === 'team') {
      void hand(choice, false)
      return
    }
    onClose()
    ;({ claim, takeOver, release })[choice.kind]()
  }

  const note = !other
    ? undefined
    : mayForce
      ? t`${other} has this conversation; handing it over takes it away there.`
      : t`${other} has this conversation. Only those who lead hand over what others have; take it over first.`

  return (
    <Shell anchor={anchor} title={t`Who gets this conversation?`} onClose={onClose}>
      {stopped ? (
        <div role="alert" className="flex flex-col gap-3 p-2.5 text-second">
          <p>
            <strong className="font-semibold">{stopped.said}</strong>{' '}
            {mayForce
              ? t`Nothing was changed. You can hand it over all the same; it is then taken away there.`
              : t`Nothing was changed. Agree with them, or ask somebody who leads.`}
          </p>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={forget}>{t`Choose again`}</Button>
            {mayForce ? (
              <Button variant="ink" busy={busy} onClick={() => void hand(stopped.choice, true)}>
                {t`Hand it over all the same`}
              </Button>
            ) : null}
          </div>
        </div>
      ) : (
        <>
          {failure ? (
            <p role="alert" className="px-2.5 pt-2 text-bad text-second">
              {failure}
            </p>
          ) : null}
          <ChoiceList choices={choices} note={note} busy={busy} onChoose={choose} />
        </>
      )}
    </Shell>
  )
}

interface Handing {
  conversation: Conversation
  assignment: Assignment
  mayForce: boolean
  onClose: () => void
}

/** Hands a conversation over. Somebody who was faster is named, and only those who lead may go on then. */
function useHandOver({ conversation, assignment, mayForce, onClose }: Handing) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const format = useFormat()
  const me = usePerson()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [stopped, setStopped] = useState<{ choice: Handed; said: string } | null>(null)

  function show(next: Conversation) {
    putConversation(queries, next, me.id)
    void queries.invalidateQueries({ queryKey: keys.counts })
  }

  async function hand(choice: Handed, force: boolean) {
    setBusy(true)
    setFailure('')
    const before = conversation
    try {
      // Whoever leads has read above who has it.
      show(await handOver(before, choice.target, force || (mayForce && assignment.other !== null)))
      onClose()
      const said =
        choice.kind === 'person'
          ? t`${choice.label} has this conversation now.`
          : choice.routing
            ? t`It waits for the team ${choice.label}.`
            : t`It waits for everybody.`
      announce(said)
      toast({ text: said, onUndo: () => void undo(before) })
    } catch (error) {
      setBusy(false)
      if (!(error instanceof Refusal && error.code === 'already_assigned')) {
        setFailure(words(error).text)
        return
      }
      const { fresh, name, ago } = await faster(before, error, format)
      if (fresh) show(fresh)
      setStopped({ choice, said: name && ago ? t`${name} took this ${ago}.` : words(error).text })
    }
  }

  async function undo(before: Conversation) {
    try {
      show(await putBack(before))
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
  }

  return { hand, busy, failure, stopped, forget: () => setStopped(null) }
}

/** As it was: in its team's queue, with whom it was, or resolved. */
async function putBack(before: Conversation): Promise<Conversation> {
  const { state, assignee, team } = before
  const queued = await handOver(before, { team: team ?? noTeam }, true)
  if (state === 'assigned' && assignee) {
    return handOver(before, { person_id: assignee.person_id }, true)
  }
  return state === 'closed' ? calls.close(calls.whom(before)) : queued
}

interface ShellProps {
  anchor: RefObject<HTMLButtonElement | null>
  title: string
  onClose: () => void
  children: ReactNode
}

/** Beside its button; where the header is too narrow for the button, a sheet. */
function Shell({ anchor, title, onClose, children }: ShellProps) {
  const [beside] = useState(() => Boolean(anchor.current?.offsetParent))
  const close = (open: boolean) => (open ? undefined : onClose())
  if (!beside) {
    return (
      <Dialog open calm onOpenChange={close} title={title}>
        <div className="-mx-1">{children}</div>
      </Dialog>
    )
  }
  return (
    <Popover.Root open onOpenChange={close}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Popover.Portal>
        <Popover.Content
          role="dialog"
          aria-label={title}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            // The button itself closes it again.
            if (anchor.current?.contains(event.target as Node)) event.preventDefault()
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // Told a moment later: by then something else may have the focus, such as the picker opened anew.
            if (document.activeElement === document.body) anchor.current?.focus()
          }}
          className="z-50 flex max-h-(--radix-popover-content-available-height) w-80 animate-appear flex-col rounded-field border border-line bg-surface p-1 shadow-e2 outline-none"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
