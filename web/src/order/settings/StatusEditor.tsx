import { useLingui } from '@lingui/react/macro'
import { ChevronRight, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { cn } from '../../ui/cn'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import type { StatusRule } from '../api'
import { ByLanguage } from './ByLanguage'
import { WordingFields } from './WordingFields'

interface StatusEditorProps {
  rule: StatusRule
  /** Null takes the status away. */
  onChange: (rule: StatusRule | null) => void
}

/** One status: folded it says what it tells, open it can be changed. */
export function StatusEditor({ rule, onChange }: StatusEditorProps) {
  const { t, i18n } = useLingui()
  const [open, setOpen] = useState(false)
  const { key, labels, message, closes } = rule
  const names = (labels ?? {}) as Record<string, string>
  const name =
    names[i18n.locale.replace('-', '_')] ?? names[i18n.locale.split('-')[0] ?? ''] ?? names.en ?? key
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="focus-inside flex min-h-12 w-full items-center gap-2 py-1.5 text-left hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={15}
          strokeWidth={2}
          className={cn('shrink-0 text-text2 transition-transform', open && 'rotate-90')}
        />
        <span className="min-w-0 flex-1">
          <span className="block font-semibold text-second [overflow-wrap:anywhere]">{name}</span>
          <span className="block text-meta text-text3 [overflow-wrap:anywhere]">
            <span className="font-mono">{key}</span>
            {' · '}
            {message ? message.template : t`says nothing`}
            {closes ? ` · ${t`closes the order`}` : null}
          </span>
        </span>
      </button>
      {open ? (
        <div className="flex flex-col gap-3 pb-4 pl-6">
          <Field label={t`Name for programs`} hint={t`Lower-case letters, digits and underscores.`}>
            <TextInput
              value={key}
              maxLength={40}
              className="font-mono"
              onChange={(event) => onChange({ ...rule, key: event.target.value.toLowerCase() })}
            />
          </Field>
          <ByLanguage
            legend={t`Name for customers`}
            texts={names}
            maxLength={60}
            onChange={(next) => onChange({ ...rule, labels: next })}
          />
          <Checkbox
            label={t`Closes the order`}
            checked={Boolean(closes)}
            onChange={(next) => onChange({ ...rule, closes: next })}
          />
          <Checkbox
            label={t`Tell the customer`}
            checked={Boolean(message)}
            onChange={(on) =>
              onChange({
                ...rule,
                message: on
                  ? { template: 'order_status_update', body: ['{{order}}', '{{status}}'] }
                  : undefined,
              })
            }
          />
          {message ? (
            <WordingFields wording={message} onChange={(next) => onChange({ ...rule, message: next })} />
          ) : null}
          <Button
            size="small"
            variant="quiet"
            className="self-start"
            icon={<Trash2 aria-hidden size={13} strokeWidth={2} />}
            onClick={() => onChange(null)}
          >
            {t`Take the status away`}
          </Button>
        </div>
      ) : null}
    </>
  )
}
