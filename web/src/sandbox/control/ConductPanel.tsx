import { useLingui } from '@lingui/react/macro'
import { ChevronRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { TextInput } from '../../ui/TextInput'
import { type Conduct, type ConductWish, client } from '../client'
import { useDoing } from '../useDoing'
import { useWorld } from '../useWorld'

const portfolio = 'portfolio'

/** How Meta treats a number, its account and the portfolio: what it refuses, and what it limits. */
export function ConductPanel() {
  const { t } = useLingui()
  const numbers = useWorld((world) => world.numbers)
  const { failure, attempt } = useDoing()
  const [conducts, setConducts] = useState<ReadonlyMap<string, Conduct>>(new Map())
  const [chosen, setChosen] = useState('')
  const standings = useStandings()
  const known = numbers.length > 0
  useEffect(() => {
    if (known) void attempt(async () => setConducts(await client.conducts()))
  }, [known, attempt])

  const names = new Map(numbers.map(({ id, name }) => [id, name]))
  const ids = [...conducts.keys()].sort((a, b) => rank(a, names) - rank(b, names))
  const id = conducts.has(chosen) ? chosen : (ids[0] ?? '')
  const conduct = conducts.get(id)
  if (!conduct) return null

  const change = (wish: ConductWish) =>
    attempt(async () => {
      const next = await client.setConduct(id, wish)
      setConducts((before) => new Map(before).set(id, next))
    })

  return (
    <details className="group border-line border-b">
      <summary className="focus-inside flex min-h-11 cursor-pointer list-none items-center gap-2 px-4.5 font-semibold text-second hover:bg-hover [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          size={15}
          className="shrink-0 text-text2 transition-transform duration-120 group-open:rotate-90"
        />
        {t`How Meta treats the business`}
      </summary>
      <div className="px-4.5 pb-3">
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field label={t`Who`}>
            <Select value={id} onChange={(event) => setChosen(event.target.value)}>
              {ids.map((each) => (
                <option key={each} value={each}>
                  {each === portfolio
                    ? t`The portfolio`
                    : names.has(each)
                      ? t`Number ${names.get(each) || each}`
                      : t`Account ${each}`}
                </option>
              ))}
            </Select>
          </Field>
          {id === portfolio ? (
            <Figure
              key={`${id} limit`}
              label={t`New people in 24 hours`}
              hint={t`0: no limit`}
              value={conduct.messagingLimit}
              onChange={(messaging_limit) => change({ messaging_limit })}
            />
          ) : (
            <>
              <Field label={t`Refuses because`}>
                <Select
                  value={conduct.standing}
                  onChange={(event) => change({ standing: event.target.value })}
                >
                  <option value="">{t`It refuses nothing`}</option>
                  {[...standings].map(([name, label]) => (
                    <option key={name} value={name}>
                      {label}
                    </option>
                  ))}
                </Select>
              </Field>
              <Figure
                key={`${id} cap`}
                label={t`Advertising per person and day`}
                hint={t`0: no cap`}
                value={conduct.marketingCap}
                onChange={(marketing_cap) => change({ marketing_cap })}
              />
            </>
          )}
        </div>
        {failure ? (
          <p role="alert" className="mt-1.5 text-bad text-meta">
            {t`Not changed: ${failure}`}
          </p>
        ) : null}
      </div>
    </details>
  )
}

/** Numbers first, then accounts, then the portfolio. */
function rank(id: string, numbers: ReadonlyMap<string, string>): number {
  if (id === portfolio) return 2
  return numbers.has(id) ? 0 : 1
}

interface FigureProps {
  label: string
  hint: string
  value: number
  onChange: (value: number) => void
}

/** A whole number that counts when it is left or Enter is pressed. */
function Figure({ label, hint, value, onChange }: FigureProps) {
  const [typed, setTyped] = useState<string | null>(null)
  function leave() {
    const next = Number(typed)
    if (typed !== null && Number.isInteger(next) && next >= 0 && next !== value) onChange(next)
    setTyped(null)
  }
  return (
    <Field label={label} hint={hint}>
      <TextInput
        inputMode="numeric"
        value={typed ?? String(value)}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, ''))}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Enter') leave()
        }}
      />
    </Field>
  )
}

/** The sandbox's names of why every send is refused (internal/sandbox/conduct.go), in words. */
function useStandings(): ReadonlyMap<string, string> {
  const { t } = useLingui()
  return new Map([
    ['locked', t`account locked (131031)`],
    ['restricted', t`blocked for a time (368)`],
    ['payment', t`payment missing (131042)`],
    ['spam', t`too much spam reported (131048)`],
    ['misclassified', t`templates misfiled (131064)`],
    ['denied', t`permission taken away (131005)`],
    ['display_name', t`name not approved (131037)`],
    ['unregistered', t`number not registered (133010)`],
    ['certificate', t`certificate wrong (131045)`],
    ['maintenance', t`maintenance (131057)`],
    ['unavailable', t`not available (131016)`],
    ['overloaded', t`overloaded (2)`],
  ])
}
