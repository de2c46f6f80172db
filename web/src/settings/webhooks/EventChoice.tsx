import { useLingui } from '@lingui/react/macro'
import type { Dialect } from '../../api/settings'
import { Checkbox } from '../../ui/Checkbox'
import { groups } from './words'

interface EventChoiceProps {
  dialect: Dialect
  /** Patterns; "*" alone is everything, also what is added later. */
  events: readonly string[]
  onChange: (events: readonly string[]) => void
}

/** Everything, or some kinds of events. A pattern that a program chose stays chosen as it is. */
export function EventChoice({ dialect, events, onChange }: EventChoiceProps) {
  const { t, i18n } = useLingui()
  const all = events.includes('*')
  const offered = groups[dialect]
  const others = events.filter((event) => event !== '*' && !offered.some(({ pattern }) => pattern === event))

  function toggle(pattern: string, on: boolean) {
    const chosen = all ? offered.map((each) => each.pattern) : events
    const next = on ? [...chosen, pattern] : chosen.filter((each) => each !== pattern)
    onChange(offered.every((each) => next.includes(each.pattern)) ? ['*'] : next)
  }

  return (
    <fieldset>
      <legend className="mb-1 font-semibold text-second">{t`Events`}</legend>
      <div className="flex flex-col gap-1.5">
        <Checkbox label={t`Everything`} checked={all} onChange={(on) => onChange(on ? ['*'] : [])} />
        <div className="grid grid-cols-1 gap-1.5 pl-7 sm:grid-cols-2">
          {offered.map(({ pattern, label }) => (
            <Checkbox
              key={pattern}
              label={<span className="text-second">{i18n._(label)}</span>}
              checked={all || events.includes(pattern)}
              onChange={(on) => toggle(pattern, on)}
            />
          ))}
          {others.map((pattern) => (
            <Checkbox
              key={pattern}
              label={<span className="font-mono text-meta">{pattern}</span>}
              checked
              onChange={() => toggle(pattern, false)}
            />
          ))}
        </div>
      </div>
    </fieldset>
  )
}
