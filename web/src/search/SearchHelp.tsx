import { useLingui } from '@lingui/react/macro'
import { EmptyState } from '../ui/EmptyState'

/** What can be typed, as long as nothing is. */
export function SearchHelp() {
  const { t } = useLingui()
  const examples = [
    {
      typed: t({ message: 'invo', context: 'typed into the search' }),
      finds: t`words that begin so: invoice, invoices`,
    },
    { typed: 'R-2402', finds: t`a number of an order, with or without the dash` },
    { typed: '0151 23', finds: t`a part of somebody’s phone number` },
    { typed: 'muller', finds: t`Müller too: accents and capitals do not count` },
  ]
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <EmptyState title={t`Find what was said.`}>
        {t`All words must occur in one message. The filters narrow it down; with what a message carries, no words are needed.`}
      </EmptyState>
      <dl className="mx-4 divide-y divide-line border-line border-y text-second">
        {examples.map(({ typed, finds }) => (
          <div key={typed} className="flex items-baseline gap-3 py-2">
            <dt className="w-19 shrink-0">
              <span className="rounded-key bg-sunken px-1.5 py-0.5 text-text">{typed}</span>
            </dt>
            <dd className="text-text2">{finds}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
