import { useLingui } from '@lingui/react/macro'
import { useCallback, useState } from 'react'
import { Unreachable } from './client'

/** Does one thing at a time, and keeps the sentence why the last one failed. */
export function useDoing() {
  const { t } = useLingui()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const attempt = useCallback(
    async (what: () => Promise<unknown>): Promise<boolean> => {
      setBusy(true)
      setFailure('')
      try {
        await what()
        return true
      } catch (error) {
        if (error instanceof Unreachable) setFailure(t`The sandbox does not answer.`)
        else setFailure(error instanceof Error ? error.message : String(error))
        return false
      } finally {
        setBusy(false)
      }
    },
    [t],
  )
  return { busy, failure, attempt }
}
