import { useLingui } from '@lingui/react/macro'
import { longest, shortest } from './strength'

/** What a browser's own check of addresses says, without its words. */
const address = /^[^\s@<>]+@[^\s@<>]+$/
const longestName = 100
const longestEmail = 254

type Check = (value: string) => string | undefined

/** What may be wrong with the fields of accounts, before the server is asked. */
export function useChecks() {
  const { t } = useLingui()
  const name: Check = (value) => {
    if (!value.trim()) return t`A name is needed.`
    return [...value.trim()].length > longestName ? t`At most ${longestName} characters.` : undefined
  }
  const email: Check = (value) => {
    if (!value.trim()) return t`An e-mail address is needed.`
    if (value.trim().length > longestEmail) return t`At most ${longestEmail} characters.`
    return address.test(value.trim()) ? undefined : t`This is not an e-mail address.`
  }
  /** One that is known already: only the server knows whether it is right. */
  const password: Check = (value) => (value ? undefined : t`The password is needed.`)
  const newPassword: Check = (value) => {
    const { length } = [...value]
    if (length === 0) return t`A password is needed.`
    if (length < shortest) return t`At least ${shortest} characters.`
    return length > longest ? t`At most ${longest} characters.` : undefined
  }
  /** Six digits of an app, or a recovery code. */
  const code: Check = (value) => (value.trim() ? undefined : t`The code is needed.`)
  return { name, email, password, newPassword, code }
}
