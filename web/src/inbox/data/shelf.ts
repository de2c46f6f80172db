import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import type { Media, MediaType } from '../../api/content'
import type { Stored } from '../../api/types'
import { upload } from '../../api/upload'
import { checkFile, type FileCheck } from '../composer/files'

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
  /** Shows a picture while it is still here only. */
  preview?: string
  error?: unknown
}

interface Held {
  file: File
  stop: AbortController
}

/**
 * The files that were chosen and not yet sent, for each conversation: they go on uploading while another one is
 * open, and are there on return.
 */
export class Shelf {
  readonly #upload: typeof upload
  readonly #listeners = new Set<() => void>()
  readonly #held = new Map<string, Held>()
  #files: readonly Attachment[] = []

  constructor(send: typeof upload = upload) {
    this.#upload = send
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
      this.#set([...this.#files, { id, conversation, name, size, kind: check.kind, progress: 0, preview }])
      void this.#bring(id, file)
    }
    return refused
  }

  /** Puts a file back that the house has already: its letter was taken back. */
  restore(conversation: string, kind: MediaType, media: Media): void {
    const { caption: _, ...file } = media
    const attachment = { id: crypto.randomUUID(), conversation, kind, progress: 1, media: file }
    this.#set([...this.#files, { ...attachment, name: media.filename ?? '', size: media.size ?? 0 }])
  }

  retry(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#change(id, { error: undefined, progress: 0 })
    void this.#bring(id, held.file)
  }

  remove(id: string): void {
    this.#held.get(id)?.stop.abort()
    this.#held.delete(id)
    const gone = this.#files.find((file) => file.id === id)
    if (gone?.preview) URL.revokeObjectURL(gone.preview)
    this.#set(this.#files.filter((file) => file.id !== id))
  }

  async #bring(id: string, file: File): Promise<void> {
    const stop = new AbortController()
    this.#held.set(id, { file, stop })
    try {
      const stored = await this.#upload(file, {
        signal: stop.signal,
        onProgress: (progress) => this.#change(id, { progress }),
      })
      this.#change(id, { progress: 1, media: mediaOf(stored, file) })
    } catch (error) {
      if (!stop.signal.aborted) this.#change(id, { error })
    }
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
