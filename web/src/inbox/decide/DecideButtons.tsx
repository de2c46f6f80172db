import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Ban, RotateCw } from 'lucide-react'
import { useState } from 'react'
import * as calls from '../../api/calls'
import type { Message } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/Toast'
import { putMessage } from '../data/facts'
import { keys } from '../data/queries'

interface DecideButtonsProps {
  message: Message
  /** Whom the message is for, as a sentence speaks of them. */
  name: string
}

type Decision = 'send' | 'drop'

/**
 * What people can decide about a message that has not left or of which nobody knows: send it, possibly a second
 * time, or leave it. Each says what it means before it is done.
 */
export function DecideButtons({ message, name }: DecideButtonsProps) {
  const { t } = useLingui()
  const mayDecide = usePerson().rights.includes('send')
  const [asking, setAsking] = useState<Decision | null>(null)
  const held = message.status === 'held'
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  if (!mayDecide) return null
  return (
    <>
      {held ? (
        <Button size="small" icon={<RotateCw {...icon} />} onClick={() => setAsking('send')}>
          {t`Send again`}
        </Button>
      ) : null}
      <Button
        size="small"
        variant={held ? 'quiet' : 'outline'}
        icon={<Ban {...icon} />}
        onClick={() => setAsking('drop')}
      >
        {t`Do not send`}
      </Button>
      {asking ? (
        <DecideDialog
          message={message}
          name={name}
          decision={asking}
          held={held}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  )
}

interface DecideDialogProps extends DecideButtonsProps {
  decision: Decision
  held: boolean
  onClose: () => void
}

function DecideDialog({ message, name, decision, held, onClose }: DecideDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const send = decision === 'send'

  async function decide() {
    setBusy(true)
    setFailure('')
    try {
      const call = send ? calls.releaseMessage : calls.cancelMessage
      putMessage(queries, await call(message.message_id))
      void queries.invalidateQueries({ queryKey: keys.attention })
      toast({ text: send ? t`It is being sent again.` : t`It is not sent any more.` })
      onClose()
    } catch (error) {
      setFailure(words(error).text)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={send ? t`Send it a second time?` : t`Leave it unsent?`}
      description={
        send
          ? t`Nobody knows whether WhatsApp has this message. If it has, ${name} gets it twice. If it has not, ${name} gets it now.`
          : held
            ? t`Kontor stops trying, and that cannot be undone. If WhatsApp has the message all the same, ${name} has it or will get it.`
            : t`The message has not left. ${name} does not get it, and that cannot be undone.`
      }
      footer={
        <>
          <Button onClick={onClose}>{held ? t`Keep it held` : t`Keep it waiting`}</Button>
          <Button variant={send ? 'seal' : 'danger'} busy={busy} onClick={decide}>
            {send ? t`Send again` : t`Do not send`}
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
