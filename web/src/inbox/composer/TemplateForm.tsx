import { useLingui } from '@lingui/react/macro'
import { SendHorizontal } from 'lucide-react'
import { useState } from 'react'
import type { TemplateDefinition } from '../../api/types'
import { Button } from '../../ui/Button'
import { undoSeconds } from '../data/outgoing'
import { useThread } from '../thread/ThreadContext'
import { useSendContent } from '../thread/useSendContent'
import { contactName, shortName } from '../words'
import { TemplateField } from './TemplateField'
import { TemplatePreview } from './TemplatePreview'
import { canFill, checkValue, keyOf, templateContent, type Values, variablesOf } from './template'

interface TemplateFormProps {
  template: TemplateDefinition
  filled: Map<string, Values>
  onSent: () => void
}

/** The fields of a template and, beside or below them, what the customer will read. */
export function TemplateForm({ template, filled, onSent }: TemplateFormProps) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const send = useSendContent()
  const name = shortName(contactName(conversation.contact))
  const variables = variablesOf(template)
  const memory = `${conversation.conversation_id} ${template.template_id}`
  const [values, setValues] = useState<Values>(() => filled.get(memory) ?? guess(template, name))
  const missing = variables.some((variable) => checkValue(variable, values[keyOf(variable)]) !== null)
  const able = canFill(template)

  function change(key: string, value: Values[string]) {
    const next = { ...values, [key]: value }
    filled.set(memory, next)
    setValues(next)
  }

  function submit() {
    if (send(templateContent(template, values))) onSent()
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (able && !missing) submit()
      }}
      className="grid min-h-0 flex-1 overflow-y-auto @4xl:grid-cols-[1fr_20.75rem] @4xl:overflow-visible"
    >
      <div className="flex min-h-0 flex-col gap-4 px-4 py-3 @4xl:overflow-y-auto">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h3 className="font-semibold text-ui [overflow-wrap:anywhere]">{template.name}</h3>
          <span className="text-meta text-text3">{t`${template.language} · approved`}</span>
        </div>
        {able ? null : (
          <p className="text-second text-text2">{t`This template needs more than a form can give. Send it by the API.`}</p>
        )}
        {able && variables.length === 0 ? (
          <p className="text-second text-text2">{t`Nothing has to be filled in.`}</p>
        ) : null}
        {able
          ? variables.map((variable) => (
              <TemplateField
                key={keyOf(variable)}
                variable={variable}
                value={values[keyOf(variable)]}
                onChange={(value) => change(keyOf(variable), value)}
              />
            ))
          : null}
      </div>
      <div className="flex min-h-0 flex-col gap-3 border-line bg-thread px-4 py-3 max-sm:pb-[max(0.75rem,env(safe-area-inset-bottom))] @4xl:border-l">
        <p className="text-second text-text2">{t`This is what ${name} will see`}</p>
        <div className="flex min-h-0 flex-1 flex-col @4xl:overflow-y-auto">
          <TemplatePreview template={template} values={values} />
        </div>
        <Button
          type="submit"
          variant="seal"
          size="footer"
          className="shrink-0"
          disabledReason={
            !able
              ? t`This template cannot be sent from here.`
              : missing
                ? t`Fill in all fields first.`
                : undefined
          }
          iconEnd={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
        >
          {t`Send template`}
        </Button>
        <p className="text-center text-meta text-text3">{t`You have ${undoSeconds} s to undo`}</p>
      </div>
    </form>
  )
}

/** A variable that is named after a name is filled with the customer's. */
function guess(template: TemplateDefinition, name: string): Values {
  const named = template.variables.find(
    (variable) =>
      variable.kind === 'text' &&
      /^((first|customer|client)_?)?(name|nome|vorname|kunde)$/i.test(variable.name ?? ''),
  )
  return named ? { [keyOf(named)]: { text: name } } : {}
}
