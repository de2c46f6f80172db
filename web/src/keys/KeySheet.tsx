import { useLingui } from '@lingui/react/macro'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { spoken } from './chord'
import { type Command, commands, type Group, groups, ownKeys } from './table'

interface KeySheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Every key there is, by where it acts. */
export function KeySheet({ open, onOpenChange }: KeySheetProps) {
  const { t, i18n } = useLingui()
  const all: readonly Command[] = [...Object.values(commands), ...ownKeys]
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t`Keys`}
      description={t`Single letters rest while you type; with Alt or Ctrl they act there too.`}
      reading
      className="sm:w-180"
      footer={<Button variant="ink" onClick={() => onOpenChange(false)}>{t`Close`}</Button>}
    >
      <div className="gap-8 sm:columns-2">
        {(Object.keys(groups) as Group[]).map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1.5 font-semibold text-second">{i18n._(groups[group])}</h3>
            <dl className="grid grid-cols-[1fr_auto] items-baseline gap-x-3 gap-y-1.5 text-second">
              {all
                .filter((command) => command.group === group && command.keys.length > 0)
                .map(({ keys, label }) => (
                  <div key={keys[0]} className="contents">
                    <dt className="min-w-0">{i18n._(label)}</dt>
                    <dd className="flex flex-wrap justify-end gap-1">
                      {keys.map((key) => (
                        <kbd
                          key={key}
                          className="inline-flex min-w-6 items-center justify-center whitespace-nowrap rounded-key border border-line-strong px-1.5 font-sans text-meta"
                        >
                          {spoken(key)}
                        </kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
