import { useLingui } from '@lingui/react/macro'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'

interface KeySheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Every key of the inbox. */
export function KeySheet({ open, onOpenChange }: KeySheetProps) {
  const { t } = useLingui()
  const lines: [string[], string][] = [
    [['J', 'K'], t`Next and previous conversation`],
    [['R'], t`Write an answer`],
    [['C'], t`Claim or release`],
    [['E'], t`Resolve`],
    [['T'], t`Templates`],
    [['O'], t`About this person`],
    [['Z'], t`Take back what has not left`],
    [['↑', '↓'], t`From message to message`],
    [['Esc'], t`Close, or back; a draft is never lost`],
    [['?'], t`These keys`],
  ]
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t`Keys`}
      description={t`They rest while you type.`}
      footer={<Button variant="ink" onClick={() => onOpenChange(false)}>{t`Close`}</Button>}
    >
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-second">
        {lines.map(([keys, text]) => (
          <div key={text} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="inline-flex min-w-6 items-center justify-center rounded-key border border-line-strong px-1.5 font-sans text-meta"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
