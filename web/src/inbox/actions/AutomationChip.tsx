import { useLingui } from '@lingui/react/macro'
import { Bot, BotOff, ChevronDown } from 'lucide-react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import type { Conversation } from '../../api/types'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { Menu, MenuItem } from '../../ui/Menu'
import { useMinute } from '../../ui/useMinute'
import { shortName } from '../words'
import { useChange } from './useChange'

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

/** Whether greetings and flows answer here, or who silenced them until when. */
export function useAutomationWords({ automation }: Conversation): string {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const { state, until, by } = automation
  if (state === 'auto') return t`Bot answers`
  const name = by ? shortName(by.name) : ''
  if (state === 'off') return name ? t`Bot switched off by ${name}` : t`Bot switched off`
  if (!until) return name ? t`Bot paused by ${name}` : t`Bot paused`
  const time = format.recent(new Date(until), now)
  return name ? t`Bot paused by ${name} until ${time}` : t`Bot paused until ${time}`
}

/** The state of the automation, and one click to change it. */
export function AutomationChip({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const words = useAutomationWords(conversation)
  const on = conversation.automation.state === 'auto'
  const mayChange = usePerson().rights.includes('send')
  if (!mayChange) return <span className="min-w-0 truncate text-bot">{words}</span>
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t`${words}, change`}
          title={words}
          className="inline-flex min-h-4.5 min-w-0 max-w-full items-center gap-1 rounded-key text-bot hover:underline pointer-coarse:min-h-11"
        >
          {on ? (
            <Bot aria-hidden size={13} strokeWidth={2} className="shrink-0" />
          ) : (
            <BotOff aria-hidden size={13} strokeWidth={2} className="shrink-0" />
          )}
          <span className="min-w-0 truncate">{words}</span>
          <ChevronDown aria-hidden size={13} strokeWidth={2} className="shrink-0" />
        </button>
      }
    >
      <AutomationItems conversation={conversation} />
    </Menu>
  )
}

export function AutomationItems({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const change = useChange()
  const { state } = conversation.automation
  const set = (body: Parameters<typeof desk.setAutomation>[1], said: string) =>
    void change(() => desk.setAutomation(whom(conversation), body), said)
  return (
    <>
      {state === 'auto' ? null : (
        <MenuItem icon={<Bot {...icon} />} onSelect={() => set({ state: 'auto' }, t`The bot answers again.`)}>
          {t`Let the bot answer again`}
        </MenuItem>
      )}
      <MenuItem
        icon={<BotOff {...icon} />}
        onSelect={() => set({ state: 'paused', minutes: 60 }, t`The bot is paused.`)}
      >
        {t`Pause the bot for an hour`}
      </MenuItem>
      <MenuItem
        icon={<BotOff {...icon} />}
        onSelect={() => set({ state: 'paused', minutes: 1440 }, t`The bot is paused.`)}
      >
        {t`Pause the bot for a day`}
      </MenuItem>
      {state === 'off' ? null : (
        <MenuItem
          icon={<BotOff {...icon} />}
          onSelect={() => set({ state: 'off' }, t`The bot is switched off here.`)}
        >
          {t`Switch the bot off here`}
        </MenuItem>
      )}
    </>
  )
}
