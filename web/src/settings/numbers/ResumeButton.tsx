import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { resumeNumber } from '../../api/calls'
import type { BusinessNumber } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { usePerson } from '../../frame/session'
import { keys } from '../../inbox/data/queries'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/Toast'

/** Lets a number send again, for whoever may; asks first, since the cause can still be there. */
export function ResumeButton({ number }: { number: BusinessNumber }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const mayResume = usePerson().rights.includes('manage_numbers')
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const name = number.verified_name || number.display_phone
  const stopped = number.state === 'stopped'
  if (!mayResume) return null

  async function resume() {
    setBusy(true)
    setFailure('')
    try {
      await resumeNumber(number.phone_number_id)
      await queries.invalidateQueries({ queryKey: keys.numbers })
      toast({ text: t`${name} sends again.` })
      setAsking(false)
    } catch (error) {
      setFailure(words(error).text)
    }
    setBusy(false)
  }

  return (
    <>
      <Button
        size="small"
        icon={<Play aria-hidden size={13} strokeWidth={2} />}
        aria-label={t`Resume ${name}`}
        onClick={() => setAsking(true)}
      >
        {t`Resume`}
      </Button>
      {asking ? (
        <Dialog
          open
          onOpenChange={setAsking}
          title={t`Let ${name} send again?`}
          description={
            stopped
              ? t`What waits is sent then, in its order. Is the cause still there, the number stops again at the next message, and nothing is lost.`
              : t`The pause keeps WhatsApp from refusing more. What waits is sent at once; if WhatsApp refuses again, the number pauses for longer, and nothing is lost.`
          }
          footer={
            <>
              <Button onClick={() => setAsking(false)}>
                {stopped ? t`Leave it stopped` : t`Keep the pause`}
              </Button>
              <Button variant="seal" busy={busy} onClick={resume}>
                {t`Resume sending`}
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
      ) : null}
    </>
  )
}
