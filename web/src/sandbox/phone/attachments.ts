import type { MediaKind } from '../model'
import type { Written } from '../taps'

/** A file that is about to be sent, and as what. */
export interface Attachment {
  kind: MediaKind
  file: File
  voice?: boolean
}

/** What a picker lets through, by what was chosen in the menu. */
export const pickers = {
  media: 'image/*,video/*',
  document: '*/*',
  audio: 'audio/*',
  sticker: 'image/webp',
} as const

export type Picker = keyof typeof pickers

/** What WhatsApp would make of the file. Only a picker for documents sends a picture as a document. */
export function kindOf(picker: Picker, type: string): MediaKind {
  if (picker === 'document' || picker === 'sticker') return picker
  const kind = type.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document'
}

/** The message that carries the file; voice messages and stickers have no caption. */
export function writeFile(
  number: string,
  { kind, file, voice }: Attachment,
  caption: string,
  quote?: string,
): Written {
  const captioned = caption && kind !== 'audio' && kind !== 'sticker'
  return {
    type: kind,
    to: number,
    ...(quote ? { context: { id: quote } } : {}),
    [kind]: {
      ...(captioned ? { caption } : {}),
      ...(kind === 'document' ? { filename: file.name } : {}),
      ...(kind === 'audio' ? { voice: voice === true } : {}),
    },
  }
}
