import { useCallback, useState } from 'react'

/** Does one thing at a time, and keeps the sentence why the last one failed. */
export function useDoing() {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const attempt = useCallback(async (what: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setFailure('')
    try {
      await what()
      return true
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  const clear = useCallback(() => setFailure(''), [])
  return { busy, failure, attempt, clear }
}
