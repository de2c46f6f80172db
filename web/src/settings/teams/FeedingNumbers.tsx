import { useLingui } from '@lingui/react/macro'
import type { TeamRouting } from '../../api/desk'
import { formatPhone } from '../../i18n/phone'
import { useNumbers } from '../../inbox/data/queries'
import { Checkbox } from '../../ui/Checkbox'

interface FeedingNumbersProps {
  /** The team that is edited. */
  team: string
  all: readonly TeamRouting[]
  /** phone_number_ids */
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

/** Which business numbers' new conversations come to the team. Each number feeds one team at most. */
export function FeedingNumbers({ team, all, chosen, onChange }: FeedingNumbersProps) {
  const { t } = useLingui()
  const numbers = useNumbers().data ?? []
  if (numbers.length === 0) {
    return (
      <p className="text-second text-text2">
        {t`No business number is connected yet. Conversations can be handed to the team by hand.`}
      </p>
    )
  }
  return (
    <div className="flex flex-col gap-2">
      {numbers.map(({ phone_number_id: id, verified_name, display_phone }) => {
        const other = all.find((one) => one.team_id !== team && one.numbers.includes(id))?.name
        return (
          <Checkbox
            key={id}
            label={<bdi>{verified_name || display_phone}</bdi>}
            hint={
              <span className="figures">
                {formatPhone(display_phone)}
                {other ? ` · ${t`goes to ${other} now`}` : ''}
              </span>
            }
            checked={chosen.includes(id)}
            onChange={(on) => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
          />
        )
      })}
    </div>
  )
}
