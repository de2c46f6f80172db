import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { Banner } from '../ui/Banner'
import { cn } from '../ui/cn'
import { AddPhoneDialog } from './AddPhoneDialog'
import { FaultsPanel } from './control/FaultsPanel'
import { LogPanel } from './control/LogPanel'
import { TimePanel } from './control/TimePanel'
import { follow } from './live'
import { PageHeader } from './PageHeader'
import { PhoneRow } from './PhoneRow'
import { StartAnewDialog } from './StartAnewDialog'
import { Store } from './store'
import { usePhones } from './usePhones'
import { StoreContext, useStore, useWide, useWorld } from './useWorld'

/** The phones of the sandbox, its clock, its faults and its log. */
export function SandboxPage() {
  const [store] = useState(() => new Store())
  return (
    <StoreContext value={store}>
      <Page />
    </StoreContext>
  )
}

type Side = 'phones' | 'control'

function Page() {
  const { t } = useLingui()
  const store = useStore()
  useEffect(() => follow(store), [store])
  const phones = usePhones()
  const customers = useWorld((world) => world.customers)
  const link = useWorld((world) => world.link)
  const wide = useWide(60)
  const [side, setSide] = useState<Side>('phones')
  const [dialog, setDialog] = useState<'add' | 'anew' | null>(null)

  return (
    <div className="flex h-full flex-col">
      <PageHeader onStartAnew={() => setDialog('anew')} onAddPhone={() => setDialog('add')} />
      {link === 'lost' ? (
        <Banner
          tone="warn"
          title={t`The sandbox does not answer.`}
          className="rounded-none border-x-0 border-t-0 px-7 max-sm:px-3.5"
        >
          {t`What is on this page may be old. It connects again by itself.`}
        </Banner>
      ) : null}
      <Sides side={side} onSide={setSide} />
      <div className="flex min-h-0 flex-1">
        <main className={cn('flex min-w-0 flex-1', side === 'control' && 'max-md:hidden')}>
          <PhoneRow phones={phones} visible={wide || side === 'phones'} onAdd={() => setDialog('add')} />
        </main>
        <aside
          aria-label={t`Meta’s side`}
          className={cn(
            'flex w-101 shrink-0 flex-col border-line border-l bg-surface max-md:w-full max-md:overflow-y-auto max-md:border-l-0 md:overflow-y-auto',
            side === 'phones' && 'max-md:hidden',
          )}
        >
          <TimePanel />
          <FaultsPanel />
          <LogPanel />
        </aside>
      </div>
      {dialog === 'add' ? (
        <AddPhoneDialog
          customers={customers}
          shown={phones.shown.map((each) => each.phone)}
          onAdd={(phone, name) => {
            phones.add(phone, name)
            setDialog(null)
          }}
          onClose={() => setDialog(null)}
        />
      ) : null}
      {dialog === 'anew' ? (
        <StartAnewDialog people={Object.keys(customers).length} onClose={() => setDialog(null)} />
      ) : null}
    </div>
  )
}

interface SidesProps {
  side: Side
  onSide: (side: Side) => void
}

/** Below 960 px the phones and Meta's side take turns. */
function Sides({ side, onSide }: SidesProps) {
  const { t } = useLingui()
  const sides = [
    { value: 'phones', label: t`Phones` },
    { value: 'control', label: t`Meta’s side` },
  ] as const
  return (
    <fieldset className="flex gap-4.5 border-line border-b bg-surface px-7 max-sm:px-3.5 md:hidden">
      <legend className="sr-only">{t`What is shown`}</legend>
      {sides.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={side === value}
          onClick={() => onSide(value)}
          className="focus-inside -mb-px min-h-9.5 border-transparent border-b-2 font-semibold text-second text-text2 hover:text-text aria-pressed:border-ink aria-pressed:text-text pointer-coarse:min-h-11"
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}
