import { useLingui } from '@lingui/react/macro'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import type { Message, Row, Section } from '../model'
import { chooseRow } from '../taps'
import { usePhone } from './PhoneContext'
import { PhoneSheet } from './PhoneSheet'

interface ListSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  message: Message
  title: string
  sections: readonly Section[]
}

/** The rows of a list message. One is chosen, then sent, so that a slip can be mended before. */
export function ListSheet({ open, onOpenChange, message, title, sections }: ListSheetProps) {
  const { t } = useLingui()
  const phone = usePhone()
  const before = phone.chosen(message)
  const [row, setRow] = useState<Row | null>(null)
  const [busy, setBusy] = useState(false)

  async function send() {
    if (!row) return
    setBusy(true)
    const went = await phone.write(chooseRow(message, row))
    setBusy(false)
    if (went) setRow(null)
    onOpenChange(false)
  }

  return (
    <PhoneSheet open={open} onOpenChange={onOpenChange} title={title}>
      {sections.map((section, place) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: the sections of one message never change places
          key={place}
          className="mb-2"
        >
          <legend className={section.title ? 'pt-2 pb-1 font-semibold text-meta text-text2' : 'sr-only'}>
            {section.title || title}
          </legend>
          {section.rows.map((each) => (
            <label
              key={each.id}
              className={cn(
                'flex min-h-11 items-center gap-3 border-line border-b py-2 has-focus-visible:outline-2 has-focus-visible:outline-focus',
              )}
            >
              <span className="min-w-0 flex-1 break-words">
                <span dir="auto" className="block text-ui">
                  {each.title}
                </span>
                {each.description ? (
                  <span dir="auto" className="block text-meta text-text2">
                    {each.description}
                  </span>
                ) : null}
              </span>
              {before === each.id ? (
                <span className="flex items-center gap-1 text-meta text-ok">
                  <Check aria-hidden size={13} strokeWidth={2} />
                  {t`sent`}
                </span>
              ) : null}
              <input
                type="radio"
                name={`list ${message.id}`}
                checked={row?.id === each.id}
                onChange={() => setRow(each)}
                className="size-4.5 shrink-0 accent-(--ink) outline-none"
              />
            </label>
          ))}
        </fieldset>
      ))}
      <Button
        variant="ink"
        className="mt-2 w-full"
        busy={busy}
        disabledReason={phone.locked || (row ? undefined : t`Choose a row first.`)}
        onClick={send}
      >
        {t`Send choice`}
      </Button>
    </PhoneSheet>
  )
}
