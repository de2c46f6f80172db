import { useLingui } from '@lingui/react/macro'
import { AlarmClock, AlarmClockOff, CalendarClock, Clock, MessageCircle } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import type { Conversation } from '../../api/types'
import { useFormat } from '../../i18n/format'
import { useCommands } from '../../keys/commands'
import { useKeys } from '../../keys/keymap'
import { clockNow } from '../../ui/clock'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu'
import { toast } from '../../ui/Toast'
import { momentsFrom } from './moments'
import { useChange } from './useChange'

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

const MomentDialog = lazy(() =>
  import('./MomentDialog').then(({ MomentDialog }) => ({ default: MomentDialog })),
)

interface SnoozeProps {
  conversation: Conversation
  /** Asks for a day and a time. */
  onAsk: () => void
}

/** Puts a conversation away until it is needed again. */
export function SnoozeMenu({ conversation, onAsk }: SnoozeProps) {
  const { t } = useLingui()
  const snoozeKey = useKeys('snooze')
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useCommands({
    snooze: () => {
      if (button.current?.offsetParent) setOpen(true)
    },
  })
  return (
    <Menu
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton
          ref={button}
          name={conversation.snooze ? t`Put away, change` : t`Put away for later`}
          keys={snoozeKey}
          aria-pressed={conversation.snooze !== null}
          icon={<AlarmClock size={18} strokeWidth={1.75} />}
        />
      }
    >
      <SnoozeItems conversation={conversation} onAsk={onAsk} />
    </Menu>
  )
}

/** The choices, also for the one menu of a phone. */
export function SnoozeItems({ conversation, onAsk }: SnoozeProps) {
  const { t } = useLingui()
  const format = useFormat()
  const change = useChange()
  const put = useSnooze(conversation)
  const to = whom(conversation)
  const { hour, evening, tomorrow, monday } = momentsFrom(new Date(clockNow()))

  return (
    <>
      {conversation.snooze ? (
        <>
          <MenuItem
            icon={<AlarmClockOff {...icon} />}
            onSelect={() => void change(() => desk.wake(to), t`It is back in the list.`)}
          >
            {t`Bring it back now`}
          </MenuItem>
          <MenuLine />
        </>
      ) : null}
      <MenuItem icon={<MessageCircle {...icon} />} onSelect={() => void put()}>
        {t`Until the customer writes`}
      </MenuItem>
      <MenuItem icon={<Clock {...icon} />} onSelect={() => void put(hour)}>
        {t`In an hour · ${format.time(hour)}`}
      </MenuItem>
      {evening ? (
        <MenuItem icon={<Clock {...icon} />} onSelect={() => void put(evening)}>
          {t`This evening · ${format.time(evening)}`}
        </MenuItem>
      ) : null}
      <MenuItem icon={<AlarmClock {...icon} />} onSelect={() => void put(tomorrow)}>
        {t`Tomorrow · ${format.time(tomorrow)}`}
      </MenuItem>
      <MenuItem icon={<AlarmClock {...icon} />} onSelect={() => void put(monday)}>
        {t`On Monday · ${format.moment(monday)}`}
      </MenuItem>
      <MenuItem icon={<CalendarClock {...icon} />} onSelect={onAsk}>
        {t`At a day and time…`}
      </MenuItem>
    </>
  )
}

/** Puts a conversation away until a moment, or without one until the customer writes. */
function useSnooze(conversation: Conversation) {
  const { t } = useLingui()
  const format = useFormat()
  const change = useChange()
  const to = whom(conversation)
  return async (until?: Date) => {
    const done = await change(() => desk.snooze(to, until?.toISOString()))
    if (!done) return
    toast({
      text: until ? t`Put away until ${format.moment(until)}.` : t`Put away until the customer writes.`,
      onUndo: () => void change(() => desk.wake(to)),
    })
  }
}

interface SnoozeDialogProps {
  conversation: Conversation
  open: boolean
  onClose: () => void
}

/** A day and a time of one's own. */
export function SnoozeDialog({ conversation, open, onClose }: SnoozeDialogProps) {
  const { t } = useLingui()
  const put = useSnooze(conversation)
  const now = new Date(clockNow())
  if (!open) return null
  return (
    <Suspense fallback={null}>
      <MomentDialog
        open
        onClose={onClose}
        title={t`Put away until when?`}
        action={t`Put away`}
        with="time"
        first={momentsFrom(now).tomorrow}
        min={now}
        onChoose={(moment) => void put(moment)}
      />
    </Suspense>
  )
}
