import { useLingui } from '@lingui/react/macro'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'
import { useSendAnswer } from '../thread/useSendContent'
import { FormDialog } from './FormDialog'
import { checkList, type ListForm, limits, listContent } from './interactive'
import { LimitedField } from './LimitedField'
import { useFaultWords } from './useFaultWords'

const row = { title: '', description: '' }
const empty: ListForm = { text: '', button: '', footer: '', rows: [row, row] }

interface DialogProps {
  open: boolean
  onClose: () => void
}

/** A text with a button that opens a list of up to ten choices. */
export function ListDialog({ open, onClose }: DialogProps) {
  const { t } = useLingui()
  const send = useSendAnswer()
  const words = useFaultWords()
  const [form, setForm] = useState(empty)
  const { text, button, footer, rows } = form

  function setRow(place: number, change: Partial<typeof row>) {
    setForm({ ...form, rows: rows.map((old, at) => (at === place ? { ...old, ...change } : old)) })
  }

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t`Message with a list`}
      description={t`The customer opens the list and chooses one line.`}
      typed={
        text !== '' ||
        button !== '' ||
        footer !== '' ||
        rows.some(({ title, description }) => title + description)
      }
      onEmpty={() => setForm(empty)}
      fault={words(checkList(form))}
      onSend={() => send(listContent(form))}
    >
      <LimitedField
        label={t`Text`}
        multiline
        autoFocus
        limit={limits.listText}
        value={text}
        onChange={(next) => setForm({ ...form, text: next })}
      />
      <LimitedField
        label={t`On the button that opens the list`}
        limit={limits.listButton}
        value={button}
        onChange={(next) => setForm({ ...form, button: next })}
      />
      <ol className="flex flex-col gap-3">
        {rows.map(({ title, description }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a choice is its place
          <li key={place} className="flex items-start gap-2 border-line border-t pt-3">
            <div className="flex min-w-0 flex-1 flex-col gap-2">
              <LimitedField
                label={t`Choice ${place + 1}`}
                limit={limits.rowTitle}
                value={title}
                onChange={(next) => setRow(place, { title: next })}
              />
              <LimitedField
                label={t`Description`}
                optional
                limit={limits.rowDescription}
                value={description}
                onChange={(next) => setRow(place, { description: next })}
              />
            </div>
            {rows.length > 1 ? (
              <IconButton
                name={t`Take choice ${place + 1} away`}
                icon={<X size={15} strokeWidth={1.75} />}
                onClick={() => setForm({ ...form, rows: rows.filter((_, at) => at !== place) })}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {rows.length < limits.rows ? (
        <Button
          size="small"
          className="self-start"
          icon={<Plus aria-hidden size={13} strokeWidth={2} />}
          onClick={() => setForm({ ...form, rows: [...rows, row] })}
        >
          {t`Add a choice`}
        </Button>
      ) : null}
      <LimitedField
        label={t`Line below`}
        optional
        limit={limits.footer}
        value={footer}
        onChange={(next) => setForm({ ...form, footer: next })}
      />
    </FormDialog>
  )
}
