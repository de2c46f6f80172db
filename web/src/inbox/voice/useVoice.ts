import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { announce } from '../../ui/announce'
import { toast } from '../../ui/Toast'
import { useAttachments, useShelf } from '../data/shelf'
import { useSendAnswer } from '../thread/useSendContent'
import { useRecorder } from './useRecorder'

/**
 * Voice messages of one conversation: recorded, kept beside the field to be heard, or sent at once, which is as
 * soon as the house has the file. One that could not be brought there stays beside the field.
 */
export function useVoice(conversation: string) {
  const { t } = useLingui()
  const shelf = useShelf()
  const send = useSendAnswer()
  const files = useAttachments(conversation)
  const atOnce = useRef(false)
  const [sending, setSending] = useState('')

  const { state, start, finish, discard } = useRecorder((recording) => {
    const id = shelf.addVoice(conversation, recording)
    if (atOnce.current) setSending(id)
    atOnce.current = false
  })

  const file = files.find(({ id }) => id === sending)
  useEffect(() => {
    if (!sending) return
    if (!file || file.error) {
      setSending('')
      return
    }
    if (!file.media) return
    send({ type: 'audio', audio: file.media })
    shelf.remove(file.id)
    setSending('')
    announce(t`Sent`)
  })

  const trouble = state.is === 'refused' || state.is === 'missing' ? state.is : null
  useEffect(() => {
    if (!trouble) return
    const text =
      trouble === 'missing'
        ? t`No microphone was found. Connect one and try again.`
        : t`The browser does not let this page use the microphone. Allow it in the address bar, then try again.`
    toast({ text, tone: 'info' })
    announce(text)
  }, [trouble, t])

  return {
    state,
    start: () => void start(),
    discard() {
      discard()
      announce(t`The recording was discarded.`)
    },
    listen: finish,
    send() {
      atOnce.current = true
      finish()
    },
    /** A file on its way that is sent as soon as it is there. */
    sending: sending !== '',
  }
}
