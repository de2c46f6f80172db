import { useEffect, useState } from 'react'

/** Whole seconds until a moment (milliseconds since 1970), stepping by the second; 0 when it has come. */
export function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(Date.now)
  // A new moment may be given long after the last step.
  useEffect(() => {
    if (until > Date.now()) setNow(Date.now())
  }, [until])
  const left = Math.max(0, Math.ceil((until - now) / 1_000))
  useEffect(() => {
    if (left === 0) return
    const timer = setTimeout(() => setNow(Date.now()), ((until - Date.now()) % 1_000) + 5)
    return () => clearTimeout(timer)
  }, [until, left])
  return left
}
