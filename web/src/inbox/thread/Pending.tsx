import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { CircleHelp, Clock, Pause } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import * as calls from '../../api/calls'
import type { Message } from '../../api/types'
import { clockNow, onClockJump } from '../../ui/clock'
import { useNumbers } from '../data/queries'
import { useWaitingWords } from '../decide/useWaitingWords'
import { contactName, shortName } from '../words'
import { useThread } from './ThreadContext'

const DecideButtons = lazy(() =>
  import('../decide/DecideButtons').then(({ DecideButtons }) => ({ default: DecideButtons })),
)

/** A message whose answer was lost: nobody can decide before WhatsApp had its time to tell. */
export function Uncertain() {
  const { t } = useLingui()
  return (
    <Notice icon={<CircleHelp size={13} strokeWidth={2} />} title={t`Uncertain.`}>
      {t`The line broke while it left: WhatsApp may have it or not. Kontor waits for a sign from WhatsApp and does not send it twice by itself. Nothing to do for now.`}
    </Notice>
  )
}

/** A message that waits for a decision, of WhatsApp or of people. */
export function Held({ message }: { message: Message }) {
  const { t } = useLingui()
  const name = useShortName()
  const icon = <Pause size={13} strokeWidth={2} />
  // With WhatsApp's id it is WhatsApp that holds it; without one it waits for a decision here.
  if (message.wamid) {
    return (
      <Notice icon={icon} title={t`Held.`}>
        {t`WhatsApp looks at this template first. It goes on by itself.`}
      </Notice>
    )
  }
  return (
    <Notice icon={icon} title={t`Held.`} actions={<DecideButtons message={message} name={name} />}>
      {t`Nobody knows whether WhatsApp has it, so it waits for you. Ask the customer before you send it again.`}
    </Notice>
  )
}

/** So long, in ms, a message may wait its turn before the page explains why. */
const patience = 15_000

/** How often, in ms, the reason of a wait is asked for anew: it changes without the message. */
const asksAgain = 15_000

/** A message that has not left yet: why, and when it will. */
export function Waiting({ message }: { message: Message }) {
  const { t } = useLingui()
  const name = useShortName()
  const words = useWaitingWords()
  const number = useNumbers().data?.find((each) => each.phone_number_id === message.phone_number_id)
  const stands = number?.state === 'stopped' || inFuture(number?.paused_until)
  const late = useOlder(message.at, patience) || stands
  const { data } = useQuery({
    queryKey: ['waiting', message.message_id, number?.state, number?.paused_until],
    queryFn: () => calls.getMessage(message.message_id),
    enabled: late,
    refetchInterval: asksAgain,
    staleTime: 0,
  })
  const newer = data?.waiting ? data : message
  if (!late) return null
  return (
    <Notice
      icon={<Clock size={13} strokeWidth={2} />}
      title={t`Waiting.`}
      actions={
        newer.waiting?.reason === 'under_way' ? undefined : <DecideButtons message={message} name={name} />
      }
    >
      {words(newer, number)}
    </Notice>
  )
}

function inFuture(at: string | null | undefined): boolean {
  return Boolean(at) && new Date(at ?? 0).getTime() > clockNow()
}

function useShortName(): string {
  const { conversation } = useThread()
  return shortName(contactName(conversation.contact))
}

/** Whether something is older than a time; draws anew when it becomes so. */
function useOlder(at: string, than: number): boolean {
  const end = new Date(at).getTime() + than
  const [, draw] = useState(0)
  useEffect(() => {
    const again = () => draw((times) => times + 1)
    const stop = onClockJump(again)
    const left = end - clockNow()
    const timer = left > 0 ? setTimeout(again, left) : undefined
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [end])
  return end <= clockNow()
}

interface NoticeProps {
  icon: ReactNode
  title: string
  children: ReactNode
  actions?: ReactNode
}

function Notice({ icon, title, children, actions }: NoticeProps) {
  return (
    <div className="flex flex-col gap-2 pb-1">
      <p className="flex gap-1.5 text-second">
        <span aria-hidden className="mt-1 shrink-0 text-warn">
          {icon}
        </span>
        <span>
          <strong className="font-semibold text-warn">{title}</strong> {children}
        </span>
      </p>
      {actions ? (
        <div className="flex min-h-7 flex-wrap gap-2">
          <Suspense>{actions}</Suspense>
        </div>
      ) : null}
    </div>
  )
}
