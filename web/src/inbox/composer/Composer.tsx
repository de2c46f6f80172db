import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import type { Message } from '../../api/types'
import { announce } from '../../ui/announce'
import { useThread } from '../thread/ThreadContext'
import type { Assignment } from '../thread/useAssignment'
import { contactName, shortName } from '../words'
import { Locked } from './Locked'
import { ReplyField } from './ReplyField'
import { Taken } from './Taken'
import { useWindowOpen } from './useWindowOpen'

export interface ComposerProps {
  assignment: Assignment
  /** The message that the next letter answers. */
  quoted: Message | undefined
  onQuote: (message: Message | undefined) => void
  templatesOpen: boolean
  onTemplates: () => void
  /** Filled with what puts the cursor into the field. */
  focus: React.RefObject<(() => void) | null>
  offline: boolean
}

/** Where letters are written: a field, or why there is none and what opens it. */
export function Composer(props: ComposerProps) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const open = useWindowOpen(conversation.window_until)
  const { other } = props.assignment
  const mode = other ? 'taken' : open ? 'open' : 'locked'
  const before = useRef(mode)
  const name = shortName(contactName(conversation.contact))

  useEffect(() => {
    if (before.current === mode) return
    before.current = mode
    if (mode === 'open') announce(t`The field is open: you can write to ${name}.`)
    else if (mode === 'locked') announce(t`Free text is closed. Send a template.`)
    else announce(t`${other ?? ''} has this conversation. You can read along.`)
  }, [mode, name, other, t])

  if (mode === 'taken') return <Taken assignment={props.assignment} />
  if (mode === 'locked')
    return <Locked name={name} onTemplates={props.onTemplates} templatesOpen={props.templatesOpen} />
  return <ReplyField key={conversation.conversation_id} name={name} {...props} />
}
