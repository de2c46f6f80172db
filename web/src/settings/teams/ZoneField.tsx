import { useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { useMinute } from '../../ui/useMinute'
import { placeOf, regionsOf, timeIn } from './zones'

interface ZoneFieldProps {
  zone: string
  onChange: (zone: string) => void
}

/** By which clocks the hours go: all the browser knows, this machine's own first. */
export function ZoneField({ zone, onChange }: ZoneFieldProps) {
  const { t, i18n } = useLingui()
  const now = useMinute()
  const regions = useMemo(() => regionsOf(Intl.supportedValuesOf('timeZone'), zone), [zone])
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  const time = timeIn(zone, now, i18n.locale)
  return (
    <Field label={t`Time zone`} hint={time ? t`There it is ${time} now.` : undefined}>
      <Select value={zone} onChange={(event) => onChange(event.target.value)}>
        {here !== zone ? (
          <optgroup label={t`Of this machine`}>
            <option value={here}>{here.replaceAll('_', ' ')}</option>
          </optgroup>
        ) : null}
        {regions.map(({ name, zones }) =>
          name === '' ? (
            zones.map((one) => <option key={one}>{one}</option>)
          ) : (
            <optgroup key={name} label={name}>
              {zones.map((one) => (
                <option key={one} value={one}>
                  {`${name}/${placeOf(one)}`}
                </option>
              ))}
            </optgroup>
          ),
        )}
      </Select>
    </Field>
  )
}
