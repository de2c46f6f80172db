import { useEffect, useRef, useState } from 'react'
import type { Media } from '../../api/content'
import { useArrival } from './arrival'
import { fileAddress } from './file'

/**
 * here: may be loaded. coming: WhatsApp has not handed it over yet. failed: it will not come. unreadable: it is
 * here, but this browser cannot show it.
 */
export type FileState = 'here' | 'coming' | 'failed' | 'unreadable'

interface ShownFile {
  src: string | undefined
  state: FileState
  /** What loads the file could not. */
  onError: () => void
  /** Somebody saves the file: whether it is there is known only then. */
  onSave: () => void
}

/**
 * A file of a message that is shown in its bubble. The server waits a while for WhatsApp and then says that the
 * file is still on its way; it is shown as soon as the live stream tells that it has come.
 */
export function useFile(media: Media, refused = false): ShownFile {
  const src = fileAddress(media)
  const arrival = useArrival()
  const [state, setState] = useState<FileState>('here')
  const seen = useRef(arrival?.count ?? 0)
  const asked = useRef(false)

  useEffect(() => {
    if (!arrival || arrival.count === seen.current) return
    seen.current = arrival.count
    asked.current = false
    // What is being loaded is not loaded anew: the server is about to answer.
    setState((before) => (before === 'here' ? before : arrival.state === 'failed' ? 'failed' : 'here'))
  }, [arrival])

  /** How the server answers for the file; 0 when the live stream has told more meanwhile than its answer knows. */
  async function ask(): Promise<number> {
    const before = seen.current
    const status = await fetch(src ?? '', { method: 'HEAD' }).then(
      (answer) => answer.status,
      () => 0,
    )
    return before === seen.current ? status : 0
  }

  async function onSave() {
    const status = await ask()
    if (status === 409) setState('coming')
    else if (status === 404 || status === 410) setState('failed')
  }

  async function onError() {
    if (!src) return
    setState('coming')
    const status = await ask()
    if (status === 200 && !asked.current) {
      asked.current = true
      setState('here')
    } else if (status === 200) setState('unreadable')
    else if (status === 404 || status === 410) setState('failed')
  }

  const missing: FileState = refused ? 'failed' : 'coming'
  return { src, state: src ? state : missing, onError: () => void onError(), onSave: () => void onSave() }
}
