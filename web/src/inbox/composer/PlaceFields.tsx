import { useLingui } from '@lingui/react/macro'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { LimitedField } from './LimitedField'
import { type PlaceForm, readPoint } from './place'

interface PlaceFieldsProps {
  form: PlaceForm
  onChange: (form: PlaceForm) => void
}

/** A point, and what it is called. */
export function PlaceFields({ form, onChange }: PlaceFieldsProps) {
  const { t } = useLingui()
  const wrong = form.point.trim() !== '' && !readPoint(form.point)
  return (
    <>
      <Field
        label={t`Coordinates`}
        hint={t`Latitude and longitude in degrees, as a map shows them: 53.8655, 10.6866`}
        error={wrong ? t`This is no point on the earth.` : undefined}
      >
        <TextInput
          value={form.point}
          autoComplete="off"
          onChange={(event) => onChange({ ...form, point: event.target.value })}
        />
      </Field>
      <LimitedField
        label={t`Name`}
        optional
        limit={1000}
        value={form.name}
        onChange={(name) => onChange({ ...form, name })}
      />
      <LimitedField
        label={t`Address`}
        optional
        limit={1000}
        value={form.address}
        onChange={(address) => onChange({ ...form, address })}
      />
    </>
  )
}
