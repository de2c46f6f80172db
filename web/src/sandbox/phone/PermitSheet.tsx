import { useLingui } from '@lingui/react/macro'
import { Button } from '../../ui/Button'
import type { Message } from '../model'
import { permitCalls } from '../taps'
import { usePhone } from './PhoneContext'
import { PhoneSheet } from './PhoneSheet'

interface PermitSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  message: Message
}

/** Whether the business may call. */
export function PermitSheet({ open, onOpenChange, message }: PermitSheetProps) {
  const { t } = useLingui()
  const phone = usePhone()

  async function answer(accept: boolean) {
    if (await phone.write(permitCalls(message, accept))) onOpenChange(false)
  }

  return (
    <PhoneSheet open={open} onOpenChange={onOpenChange} title={t`May the business call?`}>
      <div className="flex flex-wrap gap-2">
        <Button disabledReason={phone.locked || undefined} onClick={() => answer(false)}>{t`Decline`}</Button>
        <Button variant="ink" disabledReason={phone.locked || undefined} onClick={() => answer(true)}>
          {t`Allow calls`}
        </Button>
      </div>
    </PhoneSheet>
  )
}
