import { useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { useTemplates } from '../../inbox/data/queries'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'
import { TextInput } from '../../ui/TextInput'
import type { Wording } from '../api'
import { ByLanguage } from './ByLanguage'

interface WordingFieldsProps {
  wording: Wording
  onChange: (wording: Wording) => void
}

/** A message: its template with the values, and the free text that may stand in its place. */
export function WordingFields({ wording, onChange }: WordingFieldsProps) {
  const { t } = useLingui()
  const id = useId()
  const templates = useTemplates().data ?? []
  const names = [...new Set(templates.map(({ name }) => name))].sort()
  const languages = templates.filter(({ name }) => name === wording.template).map(({ language }) => language)
  const list = languages.join(', ')
  const sample =
    '{{order}}, {{status}}, {{customer}}, {{technician}}, {{appointment}}, {{date}}, {{time}}, {{field.NAME}}'
  return (
    <div className="flex flex-col gap-3 border-line border-l pl-4">
      <Field
        label={t`Template`}
        hint={
          languages.length > 0 ? t`Approved in: ${list}` : t`WhatsApp has approved no template of this name.`
        }
      >
        <TextInput
          list={id}
          value={wording.template}
          maxLength={512}
          onChange={(event) => onChange({ ...wording, template: event.target.value.trim() })}
        />
      </Field>
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label={t`Values, one a line`} hint={t`In the template's order. They may hold ${sample}.`}>
        <Textarea
          rows={2}
          value={(wording.body ?? []).join('\n')}
          onChange={(event) => {
            const body = event.target.value === '' ? [] : event.target.value.split('\n')
            onChange({ ...wording, body })
          }}
        />
      </Field>
      <ByLanguage
        legend={t`Free text in its place`}
        texts={(wording.texts ?? {}) as Record<string, string>}
        maxLength={4096}
        long
        onChange={(texts) => onChange({ ...wording, texts })}
      />
    </div>
  )
}
