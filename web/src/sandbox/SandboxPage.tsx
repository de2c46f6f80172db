import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { Banner } from '../ui/Banner'
import { cn } from '../ui/cn'
import { AddPhoneDialog } from './AddPhoneDialog'
import { ConductPanel } from './control/ConductPanel'
import { FaultsPanel } from './control/FaultsPanel'
import { LogPanel } from './control/LogPanel'
import { StatePanel } from './control/StatePanel'
import { TimePanel } from './control/TimePanel'
import { follow } from './live'
import { PageHeader } from './PageHeader'
import { PhoneRow } from './PhoneRow'
import { StartAnewDialog } from './StartAnewDialog'
import { Store } from './store'
import { TemplateDesk } from './templates/TemplateDesk'
import { usePhones } from './usePhones'
import { StoreContext, useStore, useWide, useWorld } from './useWorld'

/** The phones of the sandbox, its clock, its faults, its conduct and its log. */
export function SandboxPage() {
  const [store] = useState(() => new Store())
  return (
    <StoreContext value={store}>
      <Page />
    </StoreContext>
  )
}

type Side = 'phones' | 'templates' | 'control'

function Page() {
  const { t } = useLingui()
  const store = useStore()
  useEffect(() => follow(store), [store])
  const phones = usePhones()
  const customers = useWorld((world) => world.customers)
  const link = useWorld((world) => world.link)
  const inReview = useWorld(
    (world) => world.templates.filter(({ status }) => status === 'PENDING' || status === 'IN_APPEAL').length,
  )
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
      <Sides side={side} onSide={setSide} inReview={inReview} />
      <div className="flex min-h-0 flex-1">
        <main className={cn('flex min-w-0 flex-1', side === 'control' && 'max-md:hidden')}>
          {/* The phones go on reading and keep what was typed while another side is looked at. */}
          <div className={cn('flex min-w-0 flex-1', side === 'templates' && 'hidden')}>
            <PhoneRow
              phones={phones}
              visible={side === 'phones' || (wide && side === 'control')}
              onAdd={() => setDialog('add')}
            />
          </div>
          {side === 'templates' ? <TemplateDesk /> : null}
        </main>
        <aside
          aria-label={t`Meta’s side`}
          className={cn(
            'flex w-101 shrink-0 flex-col border-line border-l bg-surface max-md:w-full max-md:overflow-y-auto max-md:border-l-0 md:overflow-y-auto',
            side !== 'control' && 'max-md:hidden',
          )}
        >
          <TimePanel />
          <FaultsPanel />
          <ConductPanel />
          <StatePanel />
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
  /** How many templates wait for a decision. */
  inReview: number
}

/** Phones and templates take turns; below 960 px Meta's side too, which stands beside them where there is room. */
function Sides({ side, onSide, inReview }: SidesProps) {
  const { t, i18n } = useLingui()
  const wide = useWide(60)
  const sides = [
    { value: 'phones', label: t`Phones`, count: 0 },
    { value: 'templates', label: t`Templates`, count: inReview },
    { value: 'control', label: t`Meta’s side`, count: 0 },
  ] as const
  return (
    <fieldset className="flex gap-4.5 overflow-x-auto border-line border-b bg-surface px-7 [scrollbar-width:none] max-sm:px-3.5">
      <legend className="sr-only">{t`What is shown`}</legend>
      {sides.map(({ value, label, count }) => (
        <button
          key={value}
          type="button"
          aria-pressed={side === value || (value === 'phones' && side === 'control' && wide)}
          onClick={() => onSide(value)}
          className={cn(
            value === 'control' && 'md:hidden',
            'focus-inside -mb-px min-h-9.5 border-transparent border-b-2 font-semibold text-second text-text2 hover:text-text aria-pressed:border-ink aria-pressed:text-text pointer-coarse:min-h-11',
          )}
        >
          {label}
          {count > 0 ? (
            <span className="figures ml-1.5 font-normal text-text3">
              {count === 1 ? t`1 in review` : t`${i18n.number(count)} in review`}
            </span>
          ) : null}
        </button>
      ))}
    </fieldset>
  )
}
