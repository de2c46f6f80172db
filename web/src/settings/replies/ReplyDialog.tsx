import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { QuickReply } from '../../api/desk'
import * as desk from '../../api/deskcalls'
import { useRefusalWords } from '../../errors/refusals'
import { isLead } from '../../frame/roles'
import { usePerson } from '../../frame/session'
import { LimitedField } from '../../inbox/composer/LimitedField'
import { keys } from '../../inbox/data/queries'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'

interface ReplyDialogProps {
  /** The one to change; a new one without. */
  reply?: QuickReply
  onClose: () => void
}

/** What the server fills in by itself; any other {{name}} is a blank for whoever sends. */
const placeholders = [
  'contact.first_name',
  'contact.name',
  'agent.first_name',
  'number.name',
  'workspace.name',
]

const blank = '{{word}}'

/** A short name, the words, and who may use them. */
export function ReplyDialog({ reply, onClose }: ReplyDialogProps) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const queries = useQueryClient()
  const me = usePerson()
  const [scope, setScope] = useState<QuickReply['scope']>(reply?.scope ?? 'person')
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '')
  const [text, setText] = useState(reply?.text ?? '')
  const [busy, setBusy] = useState<'save' | 'remove' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const named = /^[a-z0-9_-]{1,40}$/.test(shortcut)
  const changed = text !== (reply?.text ?? '') || shortcut !== (reply?.shortcut ?? '')

  async function act(kind: 'save' | 'remove', call: () => Promise<unknown>) {
    setBusy(kind)
    setError(null)
    try {
      await call()
      await queries.invalidateQueries({ queryKey: keys.quickReplies })
      onClose()
    } catch (fault) {
      setError(fault)
      setBusy(null)
    }
  }

  function save() {
    if (reply) return desk.changeQuickReply(reply.quick_reply_id, { shortcut, text })
    return desk.addQuickReply({ scope, shortcut, text })
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      keepOpen={changed}
      title={reply ? t`Change the quick reply` : t`New quick reply`}
      className="sm:w-140"
      footer={
        <>
          {reply ? (
            <Button
              variant="danger-outline"
              className="mr-auto"
              busy={busy === 'remove'}
              onClick={() => void act('remove', () => desk.removeQuickReply(reply.quick_reply_id))}
            >
              {t`Delete the quick reply`}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            busy={busy === 'save'}
            disabledReason={
              !named
                ? t`The short name has 1 to 40 small letters, digits, - or _.`
                : text.trim() === '' || [...text].length > 4096
                  ? t`Write 1 to 4,096 characters.`
                  : undefined
            }
            onClick={() => void act('save', save)}
          >
            {t`Save quick reply`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <LimitedField
          label={t`Short name, typed after /`}
          limit={40}
          autoFocus
          value={shortcut}
          onChange={(next) => setShortcut(next.toLowerCase().replaceAll(' ', '-'))}
          error={error ? words(error).text : undefined}
        />
        <LimitedField
          label={t`Text`}
          multiline
          limit={4096}
          value={text}
          onChange={setText}
          hint={t`Filled in by itself: ${placeholders.map((name) => `{{${name}}}`).join(' ')}. Any other ${blank} is a blank to fill in before sending.`}
        />
        {reply ? null : (
          <Field label={t`Who uses it`}>
            <Select
              value={scope}
              onChange={(event) => setScope(event.target.value === 'workspace' ? 'workspace' : 'person')}
            >
              <option value="person">{t`Only me`}</option>
              {isLead(me.role) ? <option value="workspace">{t`Everybody`}</option> : null}
            </Select>
          </Field>
        )}
      </div>
    </Dialog>
  )
}
