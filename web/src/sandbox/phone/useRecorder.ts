import { useCallback, useEffect, useRef, useState } from 'react'

/** What browsers can record, the form WhatsApp itself uses first. */
const forms = [
  { type: 'audio/ogg;codecs=opus', ending: 'ogg' },
  { type: 'audio/webm;codecs=opus', ending: 'webm' },
  { type: 'audio/mp4', ending: 'm4a' },
] as const

type State = { is: 'idle' } | { is: 'asking' } | { is: 'recording'; seconds: number } | { is: 'refused' }

interface Running {
  recorder: MediaRecorder
  stream: MediaStream
  timer: ReturnType<typeof setInterval>
}

/** Records one voice message at a time. */
export function useRecorder(onRecorded: (file: File) => void) {
  const [state, setState] = useState<State>({ is: 'idle' })
  const running = useRef<Running | null>(null)
  const done = useRef(onRecorded)
  useEffect(() => {
    done.current = onRecorded
  })

  const end = useCallback(() => {
    const now = running.current
    running.current = null
    if (!now) return
    clearInterval(now.timer)
    for (const track of now.stream.getTracks()) track.stop()
    setState({ is: 'idle' })
  }, [])

  const start = useCallback(async () => {
    const form = forms.find((each) => MediaRecorder.isTypeSupported(each.type))
    setState({ is: 'asking' })
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const recorder = new MediaRecorder(stream, form ? { mimeType: form.type } : undefined)
      const parts: Blob[] = []
      recorder.ondataavailable = (event) => parts.push(event.data)
      recorder.onstop = () => {
        const kept = running.current?.recorder === recorder
        end()
        const type = form?.type ?? recorder.mimeType
        if (kept) done.current(new File(parts, `voice.${form?.ending ?? 'bin'}`, { type }))
      }
      let seconds = 0
      const timer = setInterval(() => {
        seconds += 1
        setState({ is: 'recording', seconds })
      }, 1_000)
      running.current = { recorder, stream, timer }
      recorder.start()
      setState({ is: 'recording', seconds })
    } catch {
      setState({ is: 'refused' })
    }
  }, [end])

  const finish = useCallback(() => running.current?.recorder.stop(), [])

  const discard = useCallback(() => {
    const recorder = running.current?.recorder
    // First forgotten, then stopped: what is recorded so far goes nowhere.
    end()
    if (recorder?.state === 'recording') recorder.stop()
  }, [end])

  useEffect(() => discard, [discard])

  return { state, start, finish, discard }
}

/** Whether this browser can record at all; over plain http it can on this machine only. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && Boolean(navigator.mediaDevices?.getUserMedia)
}
