import type { Media } from '../../api/content'
import { mediaAddress } from '../../api/upload'

/** Where a page may load a file from: the house only, never Meta and never a link somebody wrote. */
export function fileAddress(media: Media | undefined): string | undefined {
  return media?.media_id ? mediaAddress(media.media_id) : undefined
}

/** The ending of a file name, for the eye: PDF, XLSX. */
export function fileKind({ filename, mime_type }: Media): string {
  const ending = filename?.match(/\.([a-z0-9]{1,5})$/i)?.[1]
  return (ending ?? mime_type?.split(/[/;+.]/).at(-1) ?? '').toUpperCase()
}
