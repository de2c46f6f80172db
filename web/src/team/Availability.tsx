import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Check, Moon } from 'lucide-react'
import type { Agent } from '../api/desk'
import { useRefusalWords } from '../errors/refusals'
import { usePerson } from '../frame/session'
import { keys } from '../inbox/data/queries'
import { announce } from '../ui/announce'
import { cn } from '../ui/cn'
import { MenuChoice, MenuLine } from '../ui/Menu'
import { toast } from '../ui/Toast'
import * as calls from './calls'
import { useAgents } from './queries'

/** Whether whoever is signed in takes new conversations; undefined until it is known. */
function useMine(): boolean | undefined {
  const me = usePerson()
  return useAgents().data?.find(({ person }) => person.person_id === me.id)?.available
}

/** Switches somebody on or off for new conversations; shown at once, and put right by the server's answer. */
export function useSetAvailable() {
  const queries = useQueryClient()
  const words = useRefusalWords()
  return async (person: string, available: boolean): Promise<boolean> => {
    const put = (change: (agent: Agent) => Agent) =>
      queries.setQueryData<Agent[]>(keys.agents, (agents) =>
        agents?.map((agent) => (agent.person.person_id === person ? change(agent) : agent)),
      )
    put((agent) => ({ ...agent, available }))
    try {
      const kept = await calls.setAgent(person, { available })
      put(() => kept)
      return true
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
      return false
    } finally {
      for (const queryKey of [keys.agents, keys.overview]) void queries.invalidateQueries({ queryKey })
    }
  }
}

/** A tick or a moon at the corner of a picture: never by colour alone, and in words for those who hear the page. */
export function AvailabilityMark() {
  const { t } = useLingui()
  const available = useMine()
  if (available === undefined) return null
  const Icon = available ? Check : Moon
  return (
    <>
      <span
        aria-hidden
        className={cn(
          'absolute -right-1 -bottom-1 flex size-4 items-center justify-center rounded-full ring-2 ring-surface sm:ring-rail',
          available ? 'bg-ok-solid text-on-bad' : 'bg-surface text-text',
        )}
      >
        <Icon size={11} strokeWidth={3} />
      </span>
      <span className="sr-only">{available ? t`You are available.` : t`You are away.`}</span>
    </>
  )
}

/** For the inside of a Menu: available, or away. */
export function AvailabilityChoice() {
  const { t } = useLingui()
  const me = usePerson()
  const available = useMine()
  const setAvailable = useSetAvailable()
  if (available === undefined) return null
  return (
    <>
      <MenuChoice
        label={t`New conversations`}
        value={available ? 'available' : 'away'}
        onChange={(value) => {
          const on = value === 'available'
          void setAvailable(me.id, on).then((done) => {
            if (done) announce(on ? t`You are available.` : t`You are away. What you have stays with you.`)
          })
        }}
        options={[
          { value: 'available', label: t`Available: I get new ones` },
          { value: 'away', label: t`Away: what I have stays with me` },
        ]}
      />
      <MenuLine />
    </>
  )
}
