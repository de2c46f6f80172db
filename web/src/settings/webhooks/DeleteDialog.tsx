import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Subscription, unsubscribe } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/Toast'
import { subscriptionKeys } from './keys'

interface DeleteDialogProps {
  subscription: Subscription
  onClose: () => void
}

export function DeleteDialog({ subscription, onClose }: DeleteDialogProps) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const { id, name, url, pending } = subscription

  async function remove() {
    setBusy(true)
    try {
      await unsubscribe(id)
      await navigate({ to: '/settings/$section', params: { section: 'webhooks' } })
      queries.removeQueries({ queryKey: subscriptionKeys.one(id) })
      await queries.invalidateQueries({ queryKey: subscriptionKeys.all })
      toast({ text: t`Deleted: ${name || url}` })
    } catch (error) {
      setFailure(words(error).text)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Delete “${name || url}”?`}
      description={
        pending > 0
          ? t`The address is called no more, ${i18n.number(pending)} waiting events are not told, and the log goes. That cannot be undone.`
          : t`The address is called no more, and the log goes. That cannot be undone.`
      }
      footer={
        <>
          <Button onClick={onClose}>{t`Keep it`}</Button>
          <Button variant="danger" busy={busy} onClick={remove}>
            {t`Delete the address`}
          </Button>
        </>
      }
    >
      {failure ? (
        <p role="alert" className="text-bad text-second">
          {failure}
        </p>
      ) : null}
    </Dialog>
  )
}
