import { readPrefs } from './prefs'

/** How often an unread message calls again, in ms, where somebody wants that. */
const again = 30_000

/** Two short tones, made here, so that no file has to be loaded. */
function ring(sound: AudioContext): void {
  for (const [tone, at] of [
    [660, 0],
    [880, 0.14],
  ] as const) {
    const source = sound.createOscillator()
    const volume = sound.createGain()
    source.frequency.value = tone
    volume.gain.setValueAtTime(0, sound.currentTime + at)
    volume.gain.linearRampToValueAtTime(0.12, sound.currentTime + at + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.22)
    source.connect(volume).connect(sound.destination)
    source.start(sound.currentTime + at)
    source.stop(sound.currentTime + at + 0.25)
  }
}

interface Call {
  conversation: string
  title: string
  body: string
  onOpen: () => void
  /** Whether something in it waits to be read: only that calls again. */
  unread: boolean
}

/** Calls a person to messages of their own conversations, as they chose: by sound, by a notice of the system. */
export class Bell {
  readonly #unread = new Set<string>()
  #sound: AudioContext | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  call({ conversation, title, body, onOpen, unread }: Call): void {
    const { sound, notice, repeat } = readPrefs()
    if (sound) this.#ring()
    if (notice && document.visibilityState === 'hidden' && mayNotify()) {
      const shown = new Notification(title, { body, tag: conversation })
      shown.onclick = () => {
        window.focus()
        onOpen()
        shown.close()
      }
    }
    if (!sound || !repeat || !unread) return
    this.#unread.add(conversation)
    this.#timer ??= setInterval(() => this.#ring(), again)
  }

  /** A conversation was read, here or elsewhere. */
  hush(conversation: string): void {
    this.#unread.delete(conversation)
    if (this.#unread.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    void this.#sound?.close()
    this.#sound = undefined
  }

  #ring(): void {
    if (!readPrefs().sound) return
    // Browsers keep it silent until somebody has clicked on the page.
    this.#sound ??= new AudioContext()
    const sound = this.#sound
    void sound.resume().then(() => ring(sound))
  }
}

export function mayNotify(): boolean {
  return typeof Notification !== 'undefined' && Notification.permission === 'granted'
}
