import { useEffect } from 'react'
import { client } from '../client'
import { usePageVisible, useStore } from '../useWorld'

/** The sandbox believes a page for 30 seconds. */
const repeat = 12_000

/** Tells the sandbox that somebody has this phone before their eyes, so that what arrives is read. */
export function usePresence(phone: string, open: boolean): void {
  const store = useStore()
  const present = usePageVisible() && open
  useEffect(() => {
    if (!present) return
    // Without an answer the messages stay unread until the next try, which is soon.
    const tell = (there: boolean) => void client.presence(phone, there).catch(() => undefined)
    tell(true)
    const timer = setInterval(tell, repeat, true)
    return () => {
      clearInterval(timer)
      // After a reset nobody is there any more, and asking about a person would make one.
      if (store.world().customers[phone]) tell(false)
    }
  }, [store, phone, present])
}
