import { useLingui } from '@lingui/react/macro'
import { BatteryFull, ChevronDown, Signal, Wifi, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useFormat } from '../../i18n/format'
import { Mark } from '../../ui/Mark'
import { Menu, MenuChoice } from '../../ui/Menu'
import type { BusinessNumber } from '../model'
import { useMetaTime, useWorld } from '../useWorld'
import { typingKey } from '../world'

/** The phone's own line: Meta's time, and whether it is connected. Hidden where the page itself is on a phone. */
export function StatusBar({ offline }: { offline: boolean }) {
  const format = useFormat()
  const now = useMetaTime('minute')
  return (
    <div aria-hidden className="flex h-10 items-end justify-between px-6 max-sm:hidden">
      <span className="figures font-semibold text-second">{format.time(now)}</span>
      <span className="flex gap-1.5 text-text2">
        {offline ? null : <Signal size={15} strokeWidth={2} />}
        {offline ? <WifiOff size={15} strokeWidth={2} /> : <Wifi size={15} strokeWidth={2} />}
        <BatteryFull size={15} strokeWidth={2} />
      </span>
    </div>
  )
}

interface ChatBarProps {
  phone: string
  number: BusinessNumber
  numbers: readonly BusinessNumber[]
  onNumber: (id: string) => void
}

/** Who the chat is with; with several business numbers, a choice among them. */
export function ChatBar({ phone, number, numbers, onNumber }: ChatBarProps) {
  const { t } = useLingui()
  const types = useTyping(phone, number.id)
  const who = (
    <>
      <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-rail">
        <Mark size={20} />
      </span>
      <span className="min-w-0 text-left">
        <span dir="auto" className="block truncate font-semibold text-ui">
          {number.name}
        </span>
        <span className="block truncate text-meta text-text2" aria-live="polite">
          {types ? <span className="text-ok">{t`writing…`}</span> : t`Business account`}
        </span>
      </span>
    </>
  )
  const look = 'flex min-h-14 items-center gap-2.5 border-line border-b px-4 py-2'
  if (numbers.length < 2) return <div className={look}>{who}</div>
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t`Chat with ${number.name}. Choose another number`}
          className={look}
        >
          {who}
          <ChevronDown aria-hidden size={15} className="ml-auto shrink-0 text-text2" />
        </button>
      }
    >
      <MenuChoice
        label={t`Chat with`}
        value={number.id}
        onChange={onNumber}
        options={numbers.map((each) => ({ value: each.id, label: `${each.name} ${each.display}` }))}
      />
    </Menu>
  )
}

/** Whether the business types. WhatsApp stops showing it after a while, even if nothing follows. */
function useTyping(phone: string, number: string): boolean {
  const until = useWorld((world) => world.typing[typingKey(phone, number)] ?? 0)
  const [passed, setPassed] = useState(0)
  useEffect(() => {
    const left = until - Date.now()
    if (left <= 0) return
    const timer = setTimeout(() => setPassed(until), left)
    return () => clearTimeout(timer)
  }, [until])
  return until > passed && until > Date.now()
}
