import { useLingui } from '@lingui/react/macro'
import type { TeamRouting } from '../../api/desk'
import { useFormat } from '../../i18n/format'
import { useNumbers } from '../../inbox/data/queries'
import { useModeNames, useModeSentences } from '../../team/modes'
import { useOpening } from '../../team/useOpening'
import { Part } from '../Part'
import { useDayName } from './ClosedDays'
import { DayStrip } from './DayStrip'
import { useDays } from './useDays'
import { toWeek, weekdays } from './week'

/** The same to read, for those who may not change it. */
export function RoutingSummary({ routing }: { routing: TeamRouting }) {
  const { t } = useLingui()
  const format = useFormat()
  const names = useModeNames()
  const sentences = useModeSentences()
  const opening = useOpening()
  const days = useDays()
  const dayName = useDayName()
  const numbers = useNumbers().data ?? []
  const week = toWeek(routing.hours)
  const feeding = numbers.filter((one) => routing.numbers.includes(one.phone_number_id))
  return (
    <>
      <p className="mb-4 text-meta text-text3">{t`Owners and administrators change this.`}</p>
      <Part title={names[routing.mode]} about={sentences[routing.mode]}>
        <p className="figures text-second">{t`At once, each: ${format.number(routing.capacity)}`}</p>
      </Part>
      <Part title={t`Hours`} about={`${opening(routing)} · ${routing.time_zone.replaceAll('_', ' ')}`}>
        {routing.hours.length === 0 ? (
          <p className="text-second">{t`Day and night`}</p>
        ) : (
          <ul className="border-line border-t">
            {weekdays.map((day) => (
              <li
                key={day}
                className="grid grid-cols-[8rem_1fr] items-center gap-x-3 border-line border-b py-1.5"
              >
                <span className="text-second">{days[day].long}</span>
                <span className="figures text-second">
                  {week[day].length === 0
                    ? t({ message: 'closed', context: 'hours' })
                    : week[day].map(({ from, to }) => `${from}–${to}`).join(', ')}
                  <DayStrip spans={week[day]} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Part>
      {routing.closed_days.length > 0 ? (
        <Part title={t`Closed days`}>
          <ul className="figures text-second">
            {routing.closed_days.map((day) => (
              <li key={day}>{dayName(day)}</li>
            ))}
          </ul>
        </Part>
      ) : null}
      {feeding.length > 0 ? (
        <Part title={t`Numbers that feed it`}>
          <ul className="text-second">
            {feeding.map(({ phone_number_id, verified_name, display_phone }) => (
              <li key={phone_number_id}>
                <bdi>{verified_name || display_phone}</bdi>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
    </>
  )
}
