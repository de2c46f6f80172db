import { useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { rightNames } from '../../signin/roles'
import { Checkbox } from '../../ui/Checkbox'

interface RightsChoiceProps {
  /** What the role may do, as far as the person may, too. */
  offered: readonly string[]
  /** Null: all that the role may do, now and later. */
  chosen: readonly string[] | null
  onChange: (chosen: readonly string[] | null) => void
  error?: string
}

/** A key may do less than its role: only what its program needs. */
export function RightsChoice({ offered, chosen, onChange, error }: RightsChoiceProps) {
  const { t, i18n } = useLingui()
  const id = useId()
  return (
    <fieldset aria-describedby={error ? id : undefined} className="flex flex-col gap-1.5">
      <legend className="mb-1 font-semibold text-second">{t`May do`}</legend>
      <Checkbox
        label={t`Everything that the role may do`}
        checked={chosen === null}
        onChange={(all) => onChange(all ? null : offered)}
      />
      {chosen ? (
        <div className="ms-7 flex flex-col gap-1.5">
          {offered.map((right) => {
            const name = rightNames[right]
            return (
              <Checkbox
                key={right}
                label={name ? i18n._(name) : right}
                checked={chosen.includes(right)}
                onChange={(on) => onChange(on ? [...chosen, right] : chosen.filter((each) => each !== right))}
              />
            )
          })}
        </div>
      ) : null}
      <p id={id} role="alert" className="text-bad text-meta empty:hidden">
        {error}
      </p>
    </fieldset>
  )
}
