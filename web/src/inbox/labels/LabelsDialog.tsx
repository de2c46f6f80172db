import { useLingui } from '@lingui/react/macro'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { whom } from '../../api/calls'
import * as desk from '../../api/deskcalls'
import type { Conversation } from '../../api/types'
import { Button } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { Dialog } from '../../ui/Dialog'
import { SearchInput } from '../../ui/SearchInput'
import { useChange } from '../actions/useChange'
import { useLabels } from '../data/queries'
import { plain } from '../palette/match'
import { LabelDot } from './LabelChip'
import { LabelDialog } from './LabelDialog'

/** From so many on a list is easier found in than read. */
const many = 8

interface LabelsDialogProps {
  conversation: Conversation
  onClose: () => void
}

/** The words on a conversation; each is put on and taken off at once. */
export function LabelsDialog({ conversation, onClose }: LabelsDialogProps) {
  const { t } = useLingui()
  const change = useChange()
  const all = useLabels().data ?? []
  const [question, setQuestion] = useState('')
  const [making, setMaking] = useState(false)
  // What was asked for stands until it is answered: whoever ticks two in a row loses neither.
  const [asked, setAsked] = useState<readonly string[] | null>(null)
  const chosen = asked ?? conversation.labels.map(({ label_id }) => label_id)
  const shown = all.filter(({ name }) => plain(name).includes(plain(question)))
  async function set(ids: readonly string[]) {
    setAsked(ids)
    await change(() => desk.setLabels(whom(conversation), ids))
    setAsked((now) => (now === ids ? null : now))
  }

  if (making) {
    return (
      <LabelDialog
        onClose={() => setMaking(false)}
        onSaved={({ label_id }) => void set([...chosen, label_id])}
      />
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Labels`}
      footer={
        <>
          <Button
            variant="quiet"
            className="mr-auto"
            icon={<Plus aria-hidden size={15} strokeWidth={1.75} />}
            onClick={() => setMaking(true)}
          >
            {t`New label`}
          </Button>
          <Button variant="ink" onClick={onClose}>{t`Close`}</Button>
        </>
      }
    >
      {all.length > many ? (
        <SearchInput
          name={t`Find a label`}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
          className="mb-2"
        />
      ) : null}
      {all.length === 0 ? (
        <p className="text-second text-text2">{t`There are no labels yet.`}</p>
      ) : (
        <ul>
          {shown.map(({ label_id, name, colour }) => (
            <li key={label_id}>
              <Checkbox
                checked={chosen.includes(label_id)}
                onChange={(on) =>
                  void set(on ? [...chosen, label_id] : chosen.filter((id) => id !== label_id))
                }
                label={
                  <span className="inline-flex items-center gap-2">
                    <LabelDot colour={colour} />
                    <bdi>{name}</bdi>
                  </span>
                }
              />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
