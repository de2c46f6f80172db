import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Note } from '../../api/desk'
import { changeNote } from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { LimitedField } from '../composer/LimitedField'
import { placeNote } from '../data/patch'
import { type HistoryPages, keys, usePeople } from '../data/queries'
import { mentioned } from './mentions'

/** A note with other words; those whom it names are told. */
export function EditNote({ note, onClose }: { note: Note; onClose: () => void }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const people = usePeople().data ?? []
  const [text, setText] = useState(note.text)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const empty = text.trim() === ''

  async function save() {
    setBusy(true)
    setError(null)
    try {
      const mentions = mentioned(text, people).map(({ person_id }) => person_id)
      const changed = await changeNote(note.note_id, text.trim(), mentions)
      queries.setQueryData<HistoryPages>(keys.history(note.conversation_id), (pages) =>
        pages ? placeNote(pages, changed) : undefined,
      )
      onClose()
    } catch (fault) {
      setError(fault)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Change the note`}
      keepOpen={text !== note.text}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            busy={busy}
            disabledReason={empty ? t`Write something first.` : undefined}
            onClick={() => void save()}
          >
            {t`Save note`}
          </Button>
        </>
      }
    >
      <LimitedField
        label={t`Note`}
        multiline
        autoFocus
        limit={4096}
        value={text}
        onChange={setText}
        error={error ? words(error).text : undefined}
      />
    </Dialog>
  )
}
