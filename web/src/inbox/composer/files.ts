import type { MediaType } from '../../api/content'

/** The kinds that WhatsApp takes, with their largest size in bytes (cloud-api.md 1.5). */
const kinds: readonly { kind: MediaType; types: readonly string[]; limit: number }[] = [
  { kind: 'image', types: ['image/jpeg', 'image/png'], limit: 5_000_000 },
  { kind: 'sticker', types: ['image/webp'], limit: 500_000 },
  { kind: 'video', types: ['video/mp4', 'video/3gpp'], limit: 16_000_000 },
  {
    kind: 'audio',
    types: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    limit: 16_000_000,
  },
  {
    kind: 'document',
    types: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.ms-excel',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    limit: 100_000_000,
  },
]

/** Browsers name some types differently, or not at all: the ending then decides. */
const byEnding: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  mp4: 'video/mp4',
  '3gp': 'video/3gpp',
  aac: 'audio/aac',
  amr: 'audio/amr',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  txt: 'text/plain',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}

/** For the file chooser. */
export const acceptedFiles = [
  ...kinds.flatMap(({ types }) => types),
  ...Object.keys(byEnding).map((end) => `.${end}`),
].join(',')

export type FileCheck =
  | { kind: MediaType }
  | { problem: 'type'; ending: string }
  | { problem: 'size'; limit: number }
  | { problem: 'empty' }

/** Whether WhatsApp will take a file, before a single byte has left. */
export function checkFile({ name, type, size }: Pick<File, 'name' | 'type' | 'size'>): FileCheck {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const named = type.split(';')[0]?.trim().toLowerCase() ?? ''
  const rule =
    kinds.find(({ types }) => types.includes(named)) ??
    kinds.find(({ types }) => types.includes(byEnding[ending] ?? ''))
  if (!rule) return { problem: 'type', ending: ending || named || name }
  if (size === 0) return { problem: 'empty' }
  if (size > rule.limit) return { problem: 'size', limit: rule.limit }
  return { kind: rule.kind }
}

/** A caption can stand under these only. */
export function takesCaption(kind: MediaType): boolean {
  return kind === 'image' || kind === 'video' || kind === 'document'
}
