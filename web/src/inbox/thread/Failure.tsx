import { useLingui } from '@lingui/react/macro'
import { LayoutTemplate, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { Message } from '../../api/types'
import { type Explanation, explain, ownerNames } from '../../errors/meta'
import { BubbleFailure } from '../../ui/Bubble'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Held, Uncertain, Waiting } from './Pending'
import { useThread } from './ThreadContext'
import { useSendContent } from './useSendContent'

/** Under a message that did not arrive, has not left, or of which nobody knows: what happened and what to do. */
export function Failure({ message }: { message: Message }) {
  const { t } = useLingui()
  switch (message.status) {
    case 'failed':
      return <Failed message={message} />
    case 'expired':
      return (
        <BubbleFailure title={t`Not sent.`} actions={<Again message={message} />}>
          {t`Its time had run out before it could leave.`}
        </BubbleFailure>
      )
    case 'uncertain':
      return <Uncertain />
    case 'held':
      return <Held message={message} />
    case 'accepted':
      return <Waiting message={message} />
    default:
      return null
  }
}

function Failed({ message }: { message: Message }) {
  const { t, i18n } = useLingui()
  const { openTemplates, mayWrite } = useThread()
  const [open, setOpen] = useState(false)
  const error = message.errors?.[0]
  const explanation = explain(error?.code)

  return (
    <>
      <BubbleFailure
        title={message.type === 'reaction' ? t`Your reaction did not arrive.` : t`Not delivered.`}
        actions={
          <>
            {explanation.act === 'again' ? <Again message={message} /> : null}
            {explanation.act === 'template' && mayWrite ? (
              <Button
                size="small"
                icon={<LayoutTemplate aria-hidden size={13} strokeWidth={2} />}
                onClick={openTemplates}
              >
                {t`Choose a template`}
              </Button>
            ) : null}
            <Button size="small" variant="quiet" onClick={() => setOpen(true)}>
              {t`Why?`}
            </Button>
          </>
        }
      >
        {i18n._(explanation.cause)} {i18n._(explanation.next)}
      </BubbleFailure>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t`Why was it not delivered?`}
        footer={
          <Button variant="ink" onClick={() => setOpen(false)}>
            {t`Close`}
          </Button>
        }
      >
        <Why explanation={explanation} />
        {error ? (
          <p className="mt-4 font-mono text-meta text-text3 [overflow-wrap:anywhere]">
            {[error.code, error.title, error.details].filter(Boolean).join(' · ')}
          </p>
        ) : null}
      </Dialog>
    </>
  )
}

function Why({ explanation: { cause, next, owner } }: { explanation: Explanation }) {
  const { t, i18n } = useLingui()
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-second">
      <dt className="text-text2">{t`Cause`}</dt>
      <dd>{i18n._(cause)}</dd>
      <dt className="text-text2">{t`What to do`}</dt>
      <dd>{i18n._(next)}</dd>
      <dt className="text-text2">{t`Who can change it`}</dt>
      <dd>{i18n._(ownerNames[owner])}</dd>
    </dl>
  )
}

/** Once more as a new message, for what the customer does not have. */
function Again({ message }: { message: Message }) {
  const { t } = useLingui()
  const { mayWrite } = useThread()
  const send = useSendContent()
  if (!mayWrite) return null
  return (
    <Button
      size="small"
      icon={<RotateCw aria-hidden size={13} strokeWidth={2} />}
      onClick={() => send(message.content)}
    >
      {t`Send again`}
    </Button>
  )
}
