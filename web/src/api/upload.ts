import { address, NoAnswer, refusal } from './client'
import type { Stored } from './types'

interface Uploading {
  /** How much has left, 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

/** Where the bytes of a file of ours are. */
export const mediaAddress = (mediaId: string) => address(`media/${encodeURIComponent(mediaId)}`)

/** Brings a file into the house. By XMLHttpRequest, because fetch does not tell how much has left. */
export function upload(file: File, { onProgress, signal }: Uploading = {}): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal?.addEventListener('abort', stop)
    request.open('POST', address('media'))
    request.setRequestHeader('X-Kontor-Request', '1')
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText))
      else reject(refusal(request.status, request.responseText))
    }
    request.onerror = () => reject(new NoAnswer('the upload broke off'))
    request.onabort = () => reject(new DOMException('the upload was stopped', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    if (signal?.aborted) return reject(new DOMException('the upload was stopped', 'AbortError'))
    const form = new FormData()
    form.set('file', file, file.name)
    request.send(form)
  })
}
