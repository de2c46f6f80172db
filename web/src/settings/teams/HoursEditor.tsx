import { useLingui } from '@lingui/react/macro'
import { CircleAlert, Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Weekday } from '../../api/desk'
import { Button } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'
import { Select } from '../../ui/Select'
import { DayStrip } from './DayStrip'
import { useDays } from './useDays'
import {
  clocks,
  endOfDay,
  likeMonday,
  type Span,
  sameSpans,
  usualWeek,
  type Week,
  weekdays,
  withOneMore,
  wrongWith,
} from './week'

interface HoursEditorProps {
  /** Null: open day and night. */
  week: Week | null
  onChange: (week: Week | null) => void
}

/** When a team is there: always, or by the days of the week, each with as many parts as it needs. */
export function HoursEditor({ week, onChange }: HoursEditorProps) {
  const { t } = useLingui()
  const days = useDays()
  const choices = [
    { always: true, label: t`Day and night`, about: t`New conversations are handed out at any hour.` },
    {
      always: false,
      label: t`At certain hours`,
      about: t`Outside of them new conversations wait until the team opens.`,
    },
  ]
  const alike = week && weekdays.slice(1, 5).every((day) => sameSpans(week[day], week.mon))
  return (
    <>
      <fieldset>
        <legend className="sr-only">{t`When the team is there`}</legend>
        {choices.map(({ always, label, about }) => (
          <label key={label} className="flex min-h-9.5 items-start gap-2.5 py-1 pointer-coarse:min-h-11">
            <input
              type="radio"
              name="hours"
              checked={(week === null) === always}
              onChange={() => onChange(always ? null : usualWeek)}
              className="mt-1 size-4 accent-(--ink)"
            />
            <span>
              <span className="block text-second">{label}</span>
              <span className="block text-meta text-text3">{about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {week ? (
        <>
          <ul className="mt-2 border-line border-t">
            {weekdays.map((day) => (
              <Day
                key={day}
                day={day}
                name={days[day].long}
                short={days[day].short}
                spans={week[day]}
                onChange={(spans) => onChange({ ...week, [day]: spans })}
              />
            ))}
          </ul>
          {alike ? null : (
            <Button size="small" className="mt-2.5" onClick={() => onChange(likeMonday(week))}>
              {t`Monday’s hours until Friday`}
            </Button>
          )}
        </>
      ) : null}
    </>
  )
}

interface DayProps {
  day: Weekday
  name: string
  short: string
  spans: readonly Span[]
  onChange: (spans: readonly Span[]) => void
}

function Day({ day, name, short, spans, onChange }: DayProps) {
  const { t } = useLingui()
  const wrong = wrongWith(spans)
  const more = withOneMore(spans)
  const problem = `wrong-${day}`
  return (
    <li className="grid grid-cols-[2.75rem_1fr_auto] items-start gap-x-2 gap-y-1.5 border-line border-b py-2 last:border-b-0">
      <h4 className="flex min-h-8.5 items-center font-semibold text-second pointer-coarse:min-h-11">
        <span aria-hidden>{short}</span>
        <span className="sr-only">{name}</span>
      </h4>
      <div className="flex min-w-0 flex-col gap-1.5">
        {spans.length === 0 ? (
          <p className="flex min-h-8.5 items-center text-second text-text3 pointer-coarse:min-h-11">
            {t({ message: 'closed', context: 'hours' })}
          </p>
        ) : null}
        {spans.map((span, place) => (
          <Part
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is edited in its place
            key={place}
            name={name}
            span={span}
            problem={wrong ? problem : undefined}
            onChange={(next) => onChange(spans.with(place, next))}
            onRemove={() => onChange(spans.toSpliced(place, 1))}
          />
        ))}
        {spans.length > 0 ? <DayStrip spans={spans} /> : null}
        {wrong ? (
          <p id={problem} role="alert" className="flex gap-1.5 text-bad text-meta">
            <CircleAlert aria-hidden size={13} strokeWidth={2} className="mt-0.5 shrink-0" />
            {wrong === 'order'
              ? t`It ends before it begins. What goes past midnight is two parts: until 24:00, and from 00:00 on the next day.`
              : t`Two parts lie over each other.`}
          </p>
        ) : null}
      </div>
      <IconButton
        name={spans.length === 0 ? t`Open on ${name}` : t`One more part on ${name}`}
        aria-disabled={more === undefined || undefined}
        onClick={() => (more ? onChange(more) : undefined)}
        icon={<Plus size={18} strokeWidth={1.75} />}
        className="aria-disabled:text-text3"
      />
    </li>
  )
}

interface PartProps {
  name: string
  span: Span
  /** The id of what is wrong with the day. */
  problem: string | undefined
  onChange: (span: Span) => void
  onRemove: () => void
}

function Part({ name, span, problem, onChange, onRemove }: PartProps) {
  const { t } = useLingui()
  const { from, to } = span
  const said = { 'aria-invalid': problem !== undefined, 'aria-describedby': problem }
  return (
    <div className="flex items-center gap-1.5">
      <Clock
        {...said}
        label={t`${name}, from`}
        value={from}
        options={clocks('00:00', '23:45', from)}
        onChange={(next) => onChange({ ...span, from: next })}
      />
      <span aria-hidden className="text-text3">
        –
      </span>
      <Clock
        {...said}
        label={t`${name}, until`}
        value={to}
        options={clocks('00:15', endOfDay, to)}
        onChange={(next) => onChange({ ...span, to: next })}
      />
      <IconButton
        name={t`Remove ${from} to ${to} on ${name}`}
        onClick={onRemove}
        icon={<X size={15} strokeWidth={2} />}
      />
    </div>
  )
}

interface ClockProps {
  label: string
  value: string
  options: readonly string[]
  onChange: (value: string) => void
  'aria-invalid': boolean
  'aria-describedby': string | undefined
}

/** A week has up to thirty of them, with a hundred times each: what it offers comes when somebody reaches for it. */
function Clock({ label, value, options, onChange, ...rest }: ClockProps) {
  const [reached, setReached] = useState(false)
  const reach = () => setReached(true)
  return (
    <span className="min-w-0 max-w-28 flex-1">
      <Select
        {...rest}
        aria-label={label}
        value={value}
        onFocus={reach}
        onPointerDown={reach}
        onChange={(event) => onChange(event.target.value)}
        className="figures ps-2 pe-7"
      >
        {(reached ? options : [value]).map((option) => (
          <option key={option}>{option}</option>
        ))}
      </Select>
    </span>
  )
}
