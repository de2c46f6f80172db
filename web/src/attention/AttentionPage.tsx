import { useLingui } from '@lingui/react/macro'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type Trouble, troubles } from '../api/types'
import { useNumbers, useTroubled } from '../inbox/data/queries'
import { Select } from '../ui/Select'
import { Tabs } from '../ui/Tabs'
import { StandingNumbers } from './StandingNumbers'
import { TroubleList } from './TroubleList'

/** Whatever did not go as it should, and what can be done about it: numbers that stand, messages in trouble. */
export function AttentionPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const asked = useSearch({ strict: false }).status
  const status = troubles.find((each) => each === asked) ?? 'held'
  const [number, setNumber] = useState('')
  const numbers = useNumbers().data ?? []
  const names: Record<Trouble, string> = {
    held: t({ message: 'Held', context: 'several messages' }),
    uncertain: t({ message: 'Uncertain', context: 'several messages' }),
    failed: t({ message: 'Failed', context: 'several messages' }),
  }
  const lists = {
    held: useTroubled('held', number),
    uncertain: useTroubled('uncertain', number),
    failed: useTroubled('failed', number),
  }
  const count = useCountOf()

  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <header className="flex min-h-16 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-7 py-2 max-sm:px-3.5">
        <h1 className="min-w-0 flex-1 font-semibold font-serif text-page">{t`Needs attention`}</h1>
        {numbers.length > 1 ? (
          <div className="w-64 max-w-full">
            <Select
              aria-label={t`Business number`}
              value={number}
              onChange={(event) => setNumber(event.target.value)}
            >
              <option value="">{t`All numbers`}</option>
              {numbers.map((each) => (
                <option key={each.number_id} value={each.phone_number_id}>
                  {each.verified_name || each.display_phone}
                </option>
              ))}
            </Select>
          </div>
        ) : null}
      </header>
      <StandingNumbers numbers={numbers} />
      <Tabs
        name={t`What happened to them`}
        className="flex-1"
        listClassName="px-7 max-sm:px-3.5"
        panelClassName="overflow-y-auto"
        value={status}
        onChange={(next) => navigate({ to: '/attention', search: { status: next }, replace: true })}
        tabs={troubles.map((each) => ({ value: each, label: names[each], count: count(lists[each]) }))}
      >
        <TroubleList key={`${status} ${number}`} status={status} query={lists[status]} />
      </Tabs>
    </section>
  )
}

/** How many a list has, as far as it is loaded: "50+" when it goes on. */
function useCountOf() {
  const { i18n } = useLingui()
  return ({ data }: ReturnType<typeof useTroubled>): string | undefined => {
    if (!data) return undefined
    const loaded = data.pages.reduce((sum, page) => sum + page.data.length, 0)
    return `${i18n.number(loaded)}${data.pages.at(-1)?.next_cursor ? '+' : ''}`
  }
}
