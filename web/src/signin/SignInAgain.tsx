import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { comeBack, type Session, signOut } from '../frame/session'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { toast } from '../ui/Toast'
import { SignInForm } from './SignInForm'

/** Above a page whose session has ended: what was typed and where it was read stay as they are behind it. */
export function SignInAgain({ person }: { person: Session['person'] }) {
  const { t } = useLingui()
  const queries = useQueryClient()

  async function back() {
    await comeBack(queries)
    toast({ text: t`You are signed in again.` })
  }

  // Somebody may have signed in beside it, by a link or in another tab.
  useEffect(() => {
    async function look() {
      if (document.visibilityState === 'visible') await comeBack(queries).catch(() => undefined)
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [queries])

  return (
    <Dialog
      open
      keepOpen
      // There is nothing behind it that could be used without a session.
      onOpenChange={() => undefined}
      title={t`Sign in again, ${person.name}?`}
      description={t`The session has ended. What you typed is kept, and nothing of it was sent.`}
      footer={
        <Button variant="quiet" onClick={() => void signOut()}>
          {t`Leave this page`}
        </Button>
      }
    >
      <SignInForm email={person.email} next="/" stay onDone={back} />
    </Dialog>
  )
}
