import { useCallback, useEffect, useRef, useState } from 'react'
import { loudness } from './levels'

/** What browsers can record, Opus first: then nothing has to be encoded a second time. */
const forms = [
  'audio/ogg;codecs=opus',
  'audio/webm;codecs=opus',
  'audio/mp4;codecs=opus',
  'audio/mp4',
] as const

/** How often the level is taken, in ms. */
const beat = 80

/** The longest voice message in seconds: an hour of speech stays well below the 16 MB that WhatsApp takes. */
export const longest = 3_600

/** Something that was said, as the browser recorded it. */
export interface Recording {
  blob: Blob
  seconds: number
  /** Loudness 0 to 1, from start to end. */
  levels: readonly number[]
}

export type RecorderState =
  | { is: 'idle' }
  | { is: 'asking' }
  | { is: 'recording'; seconds: number; levels: readonly number[] }
  | { is: 'refused' }
  | { is: 'missing' }

interface Running {
  recorder: MediaRecorder
  stream: MediaStream
  sound: AudioContext
  timer: ReturnType<typeof setInterval>
  kept: boolean
}

/** Whether this browser can record at all; over plain http it can on this machine only. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && Boolean(navigator.mediaDevices?.getUserMedia)
}

/**
 * Records one voice message at a time. `onRecorded` gets it after `finish`, and also when the page that records
 * is left: what was said is never lost by going on. Only `discard` throws it away.
 */
export function useRecorder(onRecorded: (recording: Recording) => void) {
  const [state, setState] = useState<RecorderState>({ is: 'idle' })
  const running = useRef<Running | null>(null)
  const asking = useRef(0)
  const done = useRef(onRecorded)
  done.current = onRecorded

  const stop = useCallback((kept: boolean) => {
    asking.current += 1
    const now = running.current
    running.current = null
    setState({ is: 'idle' })
    if (!now) return
    now.kept = kept
    clearInterval(now.timer)
    if (now.recorder.state !== 'inactive') now.recorder.stop()
    for (const track of now.stream.getTracks()) track.stop()
    void now.sound.close()
  }, [])

  const start = useCallback(async () => {
    if (running.current) return
    asking.current += 1
    const question = asking.current
    setState({ is: 'asking' })
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      })
      if (question !== asking.current) {
        for (const track of stream.getTracks()) track.stop()
        return
      }
      running.current = begin(stream)
    } catch (error) {
      if (question !== asking.current) return
      setState({
        is: error instanceof DOMException && error.name === 'NotFoundError' ? 'missing' : 'refused',
      })
    }

    function begin(stream: MediaStream): Running {
      const type = forms.find((each) => MediaRecorder.isTypeSupported(each))
      const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24_000 })
      const sound = new AudioContext()
      const analyser = sound.createAnalyser()
      analyser.fftSize = 1024
      sound.createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      const parts: Blob[] = []
      let levels: readonly number[] = []
      let lasted = 0
      const began = performance.now()
      const seconds = () => (performance.now() - began) / 1000
      recorder.ondataavailable = (event) => parts.push(event.data)
      recorder.onstop = () => {
        if (now.kept)
          done.current({ blob: new Blob(parts, { type: recorder.mimeType }), seconds: lasted, levels })
      }
      // The microphone was pulled out, or the permission taken back: what was said until then is kept.
      for (const track of stream.getTracks()) track.onended = () => stop(true)
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        levels = [...levels, loudness(samples)]
        lasted = seconds()
        setState({ is: 'recording', seconds: lasted, levels })
        if (lasted >= longest) stop(true)
      }, beat)
      recorder.start()
      setState({ is: 'recording', seconds: 0, levels })
      const now: Running = { recorder, stream, sound, timer, kept: true }
      return now
    }
  }, [stop])

  const finish = useCallback(() => stop(true), [stop])
  const discard = useCallback(() => stop(false), [stop])
  useEffect(() => finish, [finish])

  return { state, start, finish, discard }
}
