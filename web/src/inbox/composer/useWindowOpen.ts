import { useEffect, useState } from 'react'

/** setTimeout cannot wait longer; a window is never that long, but a wrong clock may be. */
const longest = 2_147_483_647

/** Whether free text may be sent now; turns false at the very moment the window closes. */
export function useWindowOpen(until: string | null): boolean {
  const [now, setNow] = useState(Date.now)
  const end = until ? Date.parse(until) : 0
  useEffect(() => {
    setNow(Date.now())
    const left = end - Date.now()
    if (left <= 0) return
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left, longest))
    return () => clearTimeout(timer)
  }, [end])
  return end > Math.max(now, 0)
}
