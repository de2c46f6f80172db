import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import type { Media, MediaType } from '../../api/content'
import type { Stored } from '../../api/types'
import { upload } from '../../api/upload'
import { checkFile, type FileCheck } from '../composer/files'
import type { Recording } from '../voice/useRecorder'

/** A file beside the field, on its way into the house or there. */
export interface Attachment {
  id: string
  conversation: string
  name: string
  size: number
  kind: MediaType
  /** How much has been uploaded, 0 to 1. */
  progress: number
  /** Set once the house has the file. */
  media?: Media
  /** Shows a picture, or plays a voice, while it is still here only. */
  preview?: string
  /** A voice message: it is sent alone and played as one. */
  voice?: Pick<Recording, 'seconds' | 'levels'>
  error?: unknown
}

interface Held {
  /** Missing while a recording is not yet a file. */
  file?: File
  recording?: Recording
  stop: AbortController
}

/** A recording could not be made into what WhatsApp takes: the browser has no encoder, or recorded nothing. */
export class VoiceFault extends Error {
  override name = 'VoiceFault'
}

/** The encoder is large and rarely used, so it is fetched with the first recording. */
const encode = (recorded: Blob) => import('../voice/ogg').then(({ toOgg }) => toOgg(recorded))

/**
 * The files that were chosen and not yet sent, for each conversation: they go on uploading while another one is
 * open, and are there on return.
 */
export class Shelf {
  readonly #upload: typeof upload
  readonly #encode: (recorded: Blob) => Promise<Blob>
  readonly #listeners = new Set<() => void>()
  readonly #held = new Map<string, Held>()
  #files: readonly Attachment[] = []

  constructor(send: typeof upload = upload, toOgg: (recorded: Blob) => Promise<Blob> = encode) {
    this.#upload = send
    this.#encode = toOgg
  }

  subscribe = (changed: () => void) => {
    this.#listeners.add(changed)
    return () => {
      this.#listeners.delete(changed)
    }
  }

  all = (): readonly Attachment[] => this.#files

  /** Begins to upload what WhatsApp will take, and answers what it will not. */
  add(conversation: string, files: Iterable<File>): { name: string; check: FileCheck }[] {
    const refused: { name: string; check: FileCheck }[] = []
    for (const file of files) {
      const check = checkFile(file)
      if ('problem' in check) {
        refused.push({ name: file.name, check })
        continue
      }
      const id = crypto.randomUUID()
      const preview =
        check.kind === 'image' || check.kind === 'sticker' ? URL.createObjectURL(file) : undefined
      const { name, size } = file
      this.#held.set(id, { file, stop: new AbortController() })
      this.#set([...this.#files, { id, conversation, name, size, kind: check.kind, progress: 0, preview }])
      void this.#bring(id)
    }
    return refused
  }

  /** Begins to bring a voice message into the house, and answers its id. */
  addVoice(conversation: string, recording: Recording): string {
    const id = crypto.randomUUID()
    const { blob, seconds, levels } = recording
    this.#held.set(id, { recording, stop: new AbortController() })
    const attachment = { id, conversation, name: '', size: blob.size, kind: 'audio', progress: 0 } as const
    this.#set([...this.#files, { ...attachment, voice: { seconds, levels } }])
    void this.#bring(id)
    return id
  }

  /** Puts a file back that the house has already: its letter was taken back. */
  restore(conversation: string, kind: MediaType, media: Media): void {
    const { caption: _, ...file } = media
    const voice = media.voice ? { seconds: 0, levels: [] } : undefined
    const attachment = { id: crypto.randomUUID(), conversation, kind, progress: 1, media: file, voice }
    this.#set([...this.#files, { ...attachment, name: media.filename ?? '', size: media.size ?? 0 }])
  }

  retry(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#held.set(id, { ...held, stop: new AbortController() })
    this.#change(id, { error: undefined, progress: 0 })
    void this.#bring(id)
  }

  remove(id: string): void {
    this.#held.get(id)?.stop.abort()
    this.#held.delete(id)
    const gone = this.#files.find((file) => file.id === id)
    if (gone?.preview) URL.revokeObjectURL(gone.preview)
    this.#set(this.#files.filter((file) => file.id !== id))
  }

  async #bring(id: string): Promise<void> {
    const held = this.#held.get(id)
    if (!held) return
    const { recording } = held
    const { signal } = held.stop
    try {
      const file = held.file ?? (recording ? await this.#fileOf(id, recording) : undefined)
      if (!file || signal.aborted) return
      const stored = await this.#upload(file, {
        signal,
        onProgress: (progress) => this.#change(id, { progress }),
      })
      const voice = recording ? { voice: true } : {}
      this.#change(id, { progress: 1, media: { ...mediaOf(stored, file), ...voice } })
    } catch (error) {
      if (!signal.aborted) this.#change(id, { error })
    }
  }

  /** A recording as the file that is uploaded; it can be heard from then on. */
  async #fileOf(id: string, recording: Recording): Promise<File | undefined> {
    const ogg = await this.#encode(recording.blob).catch((cause) => {
      throw new VoiceFault('the recording could not be encoded', { cause })
    })
    const held = this.#held.get(id)
    if (!held) return
    const file = new File([ogg], 'voice.ogg', { type: ogg.type })
    this.#held.set(id, { ...held, file })
    this.#change(id, { size: file.size, preview: URL.createObjectURL(file) })
    return file
  }

  #change(id: string, change: Partial<Attachment>): void {
    this.#set(this.#files.map((file) => (file.id === id ? { ...file, ...change } : file)))
  }

  #set(files: readonly Attachment[]): void {
    this.#files = files
    for (const changed of this.#listeners) changed()
  }
}

function mediaOf({ media_id, mime_type, size, filename }: Stored, file: File): Media {
  return { media_id, mime_type, size, filename: filename || file.name }
}

const ShelfContext = createContext<Shelf | null>(null)
export const ShelfProvider = ShelfContext.Provider

export function useShelf(): Shelf {
  const shelf = useContext(ShelfContext)
  if (!shelf) throw new Error('there is no ShelfProvider')
  return shelf
}

/** The files that wait beside the field of one conversation. */
export function useAttachments(conversation: string): readonly Attachment[] {
  const shelf = useShelf()
  const all = useSyncExternalStore(shelf.subscribe, shelf.all)
  return useMemo(() => all.filter((file) => file.conversation === conversation), [all, conversation])
}
