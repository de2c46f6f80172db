import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { EllipsisVertical, Pencil, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { Note } from '../../api/desk'
import { removeNote } from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { isLead } from '../../frame/roles'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { announce } from '../../ui/announce'
import { Bubble, BubbleMeta } from '../../ui/Bubble'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { Dialog } from '../../ui/Dialog'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem } from '../../ui/Menu'
import { toast } from '../../ui/Toast'
import { dropNote } from '../data/patch'
import { type HistoryPages, keys } from '../data/queries'
import { NoteText } from '../notes/NoteText'
import { shortName } from '../words'

const EditNote = lazy(() => import('../notes/EditNote').then((module) => ({ default: module.EditNote })))

interface NoteBubbleProps {
  note: Note
  marked: boolean
  tabIndex: 0 | -1
}

/** What colleagues tell each other; it looks like nothing that leaves, and never does. */
export function NoteBubble({ note, marked, tabIndex }: NoteBubbleProps) {
  const { t } = useLingui()
  const format = useFormat()
  const me = usePerson()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [asked, setAsked] = useState<'edit' | 'remove' | null>(null)
  const { author, text, mentions, created_at, edited_at, note_id, conversation_id } = note
  const time = format.time(new Date(created_at))
  const name = author?.name ?? t`Somebody`
  const mayChange = author?.person_id === me.id || isLead(me.role)
  const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const

  async function remove() {
    setAsked(null)
    try {
      await removeNote(note_id)
      queries.setQueryData<HistoryPages>(keys.history(conversation_id), (pages) =>
        pages ? dropNote(pages, note_id) : undefined,
      )
      announce(t`The note is gone.`)
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
  }

  return (
    <div className="group/row flex flex-row-reverse items-center gap-1">
      <Bubble
        kind="note"
        tabIndex={tabIndex}
        aria-label={t`Note of ${name} at ${time}`}
        className={cn(marked && 'outline-2 outline-focus outline-offset-1')}
      >
        <NoteText text={text} mentions={mentions} />
        <BubbleMeta author={shortName(name)} dateTime={created_at}>
          {edited_at ? `${t`Changed`} · ${time}` : time}
        </BubbleMeta>
      </Bubble>
      {mayChange ? (
        <div className="opacity-0 transition-opacity focus-within:opacity-100 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-data-[state=open]:opacity-100">
          <Menu
            trigger={
              <IconButton
                name={t`Change the note`}
                icon={<EllipsisVertical {...icon} />}
                className="size-7"
              />
            }
          >
            <MenuItem icon={<Pencil {...icon} />} onSelect={() => setAsked('edit')}>
              {t`Change`}
            </MenuItem>
            <MenuItem icon={<Trash2 {...icon} />} danger onSelect={() => setAsked('remove')}>
              {t`Delete`}
            </MenuItem>
          </Menu>
        </div>
      ) : null}
      {asked === 'edit' ? (
        <Suspense fallback={null}>
          <EditNote note={note} onClose={() => setAsked(null)} />
        </Suspense>
      ) : null}
      <Dialog
        open={asked === 'remove'}
        onOpenChange={() => setAsked(null)}
        title={t`Delete this note?`}
        description={t`It is gone for everybody, and cannot be brought back. The customer never saw it.`}
        footer={
          <>
            <Button onClick={() => setAsked(null)}>{t`Keep it`}</Button>
            <Button variant="danger" onClick={() => void remove()}>{t`Delete the note`}</Button>
          </>
        }
      />
    </div>
  )
}
