import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { beginPasskeySignIn, signInByPasskey } from '../api/accounts'
import { useRefusalWords } from '../errors/refusals'
import { provePasskey, type RequestJSON, wasLeft } from './passkey'

/** Coming in with a passkey: the browser asks for it in a window of its own. */
export function usePasskeySignIn(onDone: () => Promise<void> | void) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const asking = useRef<AbortController>(undefined)
  // The browser's window goes with the page that opened it.
  useEffect(() => () => asking.current?.abort(), [])

  async function start() {
    setBusy(true)
    setFailure('')
    asking.current = new AbortController()
    try {
      const { token, options } = await beginPasskeySignIn<RequestJSON>()
      const credential = await provePasskey(options.publicKey, asking.current.signal)
      await signInByPasskey(token, credential)
      await onDone()
    } catch (error) {
      setFailure(
        wasLeft(error)
          ? t`No passkey was chosen. Nobody was signed in.`
          : error instanceof DOMException
            ? t`This browser could not use the passkey. Use the password.`
            : words(error).text,
      )
    }
    setBusy(false)
  }

  return { busy, failure, start, clear: () => setFailure('') }
}
