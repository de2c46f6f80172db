import { useLingui } from '@lingui/react/macro'
import type { BusinessNumber } from '../api/types'
import { NumberState } from '../settings/numbers/NumberState'
import { ResumeButton } from '../settings/numbers/ResumeButton'
import { clockNow } from '../ui/clock'
import { useMinute } from '../ui/useMinute'

/** The numbers that stand or pause, with why; nothing while all of them send. */
export function StandingNumbers({ numbers }: { numbers: readonly BusinessNumber[] }) {
  const { t } = useLingui()
  useMinute()
  const standing = numbers.filter(
    ({ state, paused_until }) => state === 'stopped' || new Date(paused_until ?? 0).getTime() > clockNow(),
  )
  if (standing.length === 0) return null
  return (
    <ul
      aria-label={t`Numbers that do not send`}
      className="mx-7 mb-3 max-h-1/2 shrink-0 overflow-y-auto rounded-field border border-warn-line bg-warn-tint max-sm:mx-3.5"
    >
      {standing.map((number) => (
        <li
          key={number.number_id}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 border-warn-line px-3.5 py-2.5 [&+&]:border-t"
        >
          <div className="min-w-0 flex-1 basis-72">
            <p className="font-semibold text-second [overflow-wrap:anywhere]">
              {number.verified_name || number.display_phone}
            </p>
            <NumberState number={number} />
          </div>
          <ResumeButton number={number} />
        </li>
      ))}
    </ul>
  )
}
