import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { SendHorizontal, X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { TemplateDefinition } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { TemplatePreview } from '../inbox/composer/TemplatePreview'
import {
  canFill,
  checkValue,
  keyOf,
  templateContent,
  type Values,
  variablesOf,
} from '../inbox/composer/template'
import { announce } from '../ui/announce'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { Field } from '../ui/Field'
import { IconButton } from '../ui/IconButton'
import { Select } from '../ui/Select'
import { TextInput } from '../ui/TextInput'
import { type OrderDesk, useDesk, useDeskTemplates } from './desk'

/** A template to choose, its values, how it will look, Send. Those that need files are not offered here. */
export function Templates({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const desk = useDesk()
  const templates = useDeskTemplates()
  const [chosenId, setChosenId] = useState('')
  const usable = (templates.data ?? []).filter(inWords)
  const wanted = desk.order.customer.language?.split(/[-_]/)[0] ?? ''
  const sorted = usable.toSorted(
    (a, b) =>
      Number(b.language.startsWith(wanted)) - Number(a.language.startsWith(wanted)) ||
      a.name.localeCompare(b.name),
  )
  const chosen = sorted.find((one) => one.template_id === chosenId) ?? sorted[0]
  return (
    <section
      aria-label={t`Templates`}
      className="flex max-h-[75%] shrink-0 flex-col overflow-y-auto border-line border-t bg-surface px-3 py-2"
    >
      <div className="flex items-center gap-2">
        <h2 className="flex-1 font-semibold text-ui">{t`Templates`}</h2>
        <IconButton name={t`Close templates`} icon={<X size={18} strokeWidth={1.75} />} onClick={onClose} />
      </div>
      {templates.isError ? (
        <Banner
          tone="warn"
          title={t`The templates could not be loaded.`}
          action={
            <Button size="small" onClick={() => templates.refetch()} busy={templates.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {words(templates.error).text}
        </Banner>
      ) : null}
      {templates.data && !chosen ? (
        <EmptyState title={t`There is no approved template.`}>
          {t`Templates are made in the WhatsApp Manager and appear here once Meta has approved them.`}
        </EmptyState>
      ) : null}
      {chosen ? (
        <>
          <Field label={t`Template`}>
            <Select value={chosen.template_id} onChange={(event) => setChosenId(event.target.value)}>
              {sorted.map((one) => (
                <option key={one.template_id} value={one.template_id}>
                  {`${one.name} · ${one.language}`}
                </option>
              ))}
            </Select>
          </Field>
          <Form key={chosen.template_id} template={chosen} onSent={onClose} />
        </>
      ) : null}
    </section>
  )
}

/** Whether all that it asks for can be typed. */
function inWords(template: TemplateDefinition): boolean {
  return (
    canFill(template) &&
    template.variables.every(({ kind }) => !['image', 'video', 'document', 'gif', 'location'].includes(kind))
  )
}

interface FormProps {
  template: TemplateDefinition
  onSent: () => void
}

function Form({ template, onSent }: FormProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const desk = useDesk()
  const queries = useQueryClient()
  const variables = variablesOf(template)
  const [values, setValues] = useState<Values>(() => guess(template, desk))
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const key = useRef(crypto.randomUUID())
  const missing = variables.some((variable) => checkValue(variable, values[keyOf(variable)]) !== null)

  async function send() {
    setBusy(true)
    setWrong('')
    try {
      desk.onSent(await desk.send({ template: templateContent(template, values).template }, key.current))
      announce(t`Sent`)
      await queries.invalidateQueries({ queryKey: desk.key })
      onSent()
    } catch (error) {
      setWrong(words(error).text)
      setBusy(false)
    }
  }

  return (
    <form
      className="mt-2 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (!missing) void send()
      }}
    >
      {variables.map((variable) => {
        const value = values[keyOf(variable)]
        const number = variable.index + 1
        const example = variable.example
        return (
          <Field
            key={keyOf(variable)}
            label={variable.name ?? t`Value ${number}`}
            hint={example ? t`For example: ${example}` : undefined}
          >
            <TextInput
              value={value && 'text' in value ? value.text : ''}
              onChange={(event) => {
                key.current = crypto.randomUUID()
                setValues({ ...values, [keyOf(variable)]: { text: event.target.value } })
              }}
            />
          </Field>
        )
      })}
      <div className="flex flex-col rounded-card bg-thread p-2">
        <TemplatePreview template={template} values={values} />
      </div>
      {wrong ? (
        <p role="alert" className="text-bad text-meta">
          {wrong}
        </p>
      ) : null}
      <Button
        type="submit"
        variant="seal"
        busy={busy}
        disabledReason={missing ? t`Fill in all fields first.` : undefined}
        icon={<SendHorizontal aria-hidden size={15} strokeWidth={1.75} />}
      >
        {t`Send template`}
      </Button>
    </form>
  )
}

/** What can be known: the order's id stands first in messages about orders, names are the customer's. */
function guess(template: TemplateDefinition, { order }: OrderDesk): Values {
  const values: Record<string, { text: string }> = {}
  for (const variable of template.variables) {
    if (variable.kind !== 'text') continue
    if (/^((first|customer|client)_?)?(name|nome|vorname|kunde)$/i.test(variable.name ?? ''))
      values[keyOf(variable)] = { text: order.customer.name }
    else if (/^order(_?(id|number))?$/i.test(variable.name ?? ''))
      values[keyOf(variable)] = { text: order.id }
    else if (/^order_/.test(template.name) && variable.component === 'body' && variable.index === 0)
      values[keyOf(variable)] = { text: order.id }
  }
  return values
}
