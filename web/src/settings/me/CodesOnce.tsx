import { useLingui } from '@lingui/react/macro'
import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, buttonClass } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { CopyButton } from '../../ui/CopyButton'
import { Dialog } from '../../ui/Dialog'

interface CodesOnceProps {
  codes: readonly string[]
  /** Stands in the file, so that it is known later what it opens. */
  email: string
  onClose: () => void
}

/** The recovery codes, now and never again; the dialog stays until the person says that they are kept. */
export function CodesOnce({ codes, email, onClose }: CodesOnceProps) {
  const { t } = useLingui()
  const [kept, setKept] = useState(false)
  const text = `${codes.join('\n')}\n`
  const file = useFile(`Kontor ${window.location.host} ${email}\n\n${text}`)
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={() => undefined}
      title={t`Where do you keep these codes?`}
      description={t`Each opens once in place of the app, for instance when the telephone is lost. They are shown now and never again.`}
      footer={
        <Button
          variant="ink"
          onClick={onClose}
          disabledReason={kept ? undefined : t`First keep the codes.`}
        >{t`Done`}</Button>
      }
    >
      <ul
        aria-label={t`Recovery codes`}
        className="grid grid-cols-2 gap-x-4 gap-y-1 rounded-field border border-line bg-sunken px-4 py-3 font-mono text-second"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <CopyButton text={text}>{t`Copy the codes`}</CopyButton>
        <a href={file} download="kontor-recovery-codes.txt" className={buttonClass({ size: 'small' })}>
          <Download aria-hidden size={13} strokeWidth={2} />
          {t`Download the codes`}
        </a>
      </div>
      <div className="mt-3.5">
        <Checkbox label={t`I have kept the codes.`} checked={kept} onChange={setKept} />
      </div>
    </Dialog>
  )
}

/** An address for a text, as long as the dialog is open. */
function useFile(text: string): string {
  const [address, setAddress] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [text])
  return address
}
