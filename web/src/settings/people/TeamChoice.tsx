import { useLingui } from '@lingui/react/macro'
import type { Team } from '../../api/accounts'
import { Checkbox } from '../../ui/Checkbox'

interface TeamChoiceProps {
  teams: readonly Team[]
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}

/** To which teams somebody belongs; nothing where there are none. */
export function TeamChoice({ teams, chosen, onChange }: TeamChoiceProps) {
  const { t } = useLingui()
  if (teams.length === 0) return null
  return (
    <fieldset>
      <legend className="mb-1 font-semibold text-second">{t`Teams`}</legend>
      <div className="flex flex-col gap-1.5">
        {teams.map(({ team_id, name }) => (
          <Checkbox
            key={team_id}
            label={name}
            checked={chosen.includes(team_id)}
            onChange={(on) => onChange(on ? [...chosen, team_id] : chosen.filter((id) => id !== team_id))}
          />
        ))}
      </div>
    </fieldset>
  )
}
