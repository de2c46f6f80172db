import { useLingui } from '@lingui/react/macro'
import { Outlet } from '@tanstack/react-router'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import { mediaOf } from '../api/content'
import type { LiveState } from '../api/live'
import { usePerson } from '../frame/session'
import { setWaiting } from '../frame/waiting'
import { CommandsProvider } from '../keys/commands'
import { toast } from '../ui/Toast'
import { keepDraftsOf } from './data/drafts'
import { OutgoingLetters, OutgoingProvider } from './data/outgoing'
import { useCounts, useNumbers, useTroubled } from './data/queries'
import { Shelf, ShelfProvider } from './data/shelf'
import { useLive } from './data/useLive'
import { Anywhere } from './palette/Anywhere'
import { refuseStrayDrops } from './strayDrops'
import { putBack } from './thread/ThreadPane'

const LiveContext = createContext<LiveState>({ live: true })

/** Whether the live stream stands, and since when it does not. */
export const useLiveState = () => useContext(LiveContext)

/**
 * What goes on whichever page is open: the live stream that keeps the caches true, the letters that are under
 * way, the files that wait for their words, and the number of unread conversations at the rail and in the title.
 */
export function Running() {
  const { t } = useLingui()
  const me = usePerson()
  const live = useLive(me.id)
  const unread = useCounts().data?.unread ?? 0
  const tooLate = useRef('')
  tooLate.current = t`It has already left. It can no longer be taken back.`
  const [shelf] = useState(() => new Shelf())
  const [outgoing] = useState(() => {
    keepDraftsOf(me.id)
    return new OutgoingLetters({
      person: me.id,
      onTooLate: () => toast({ text: tooLate.current, tone: 'info' }),
    })
  })
  useEffect(() => () => outgoing.stop(), [outgoing])
  useEffect(
    () =>
      outgoing.onTakenBack((letter) => {
        putBack(letter)
        const { type } = letter.content
        const media = mediaOf(letter.content)
        if (media && type !== 'text') shelf.restore(letter.conversation, type as 'image', media)
      }),
    [outgoing, shelf],
  )
  useEffect(() => {
    setWaiting('/', unread)
    document.title = unread > 0 ? `(${unread}) Kontor` : 'Kontor'
  }, [unread])
  useEffect(refuseStrayDrops, [])
  const undecided = useUndecided()
  useEffect(() => setWaiting('/attention', undecided), [undecided])

  return (
    <LiveContext value={live}>
      <OutgoingProvider value={outgoing}>
        <ShelfProvider value={shelf}>
          <CommandsProvider>
            <Outlet />
            <Anywhere />
          </CommandsProvider>
        </ShelfProvider>
      </OutgoingProvider>
    </LiveContext>
  )
}

/** How much waits for a person: messages to decide about, and numbers that stand. */
function useUndecided(): number {
  const held = useTroubled('held').data?.pages.flatMap((page) => page.data) ?? []
  const numbers = useNumbers().data ?? []
  return (
    held.filter(({ waiting }) => waiting?.reason === 'undecided').length +
    numbers.filter(({ state }) => state === 'stopped').length
  )
}
