import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import type { Message } from '../../api/types'
import { ViewContext, type Wanted } from '../cards/view'
import { galleryOf } from './gallery'

const MediaViewer = lazy(() => import('./MediaViewer').then((module) => ({ default: module.MediaViewer })))

interface ViewerProviderProps {
  messages: readonly Message[]
  /** Loads older messages; undefined when all are here. */
  onOlder?: () => void
  jumpTo: (messageId: string) => void
  children: ReactNode
}

/** The viewer of a thread: what is opened stands among everything the thread shows. */
export function ViewerProvider({ messages, onOlder, jumpTo, children }: ViewerProviderProps) {
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const open = wanted !== null
  const gallery = useMemo(() => (open ? galleryOf(messages) : []), [open, messages])
  const close = useCallback(() => setWanted(null), [])
  // A letter that has not left, or the picture over a message with buttons, stands alone.
  const known = gallery.some(({ src }) => src === wanted?.src)
  return (
    <ViewContext value={setWanted}>
      {children}
      {wanted ? (
        <Suspense fallback={null}>
          <MediaViewer
            exhibits={known ? gallery : [{ ...wanted, message: '' }]}
            first={wanted.src}
            onClose={close}
            onOlder={known ? onOlder : undefined}
            onMessage={
              known
                ? (message) => {
                    close()
                    jumpTo(message)
                  }
                : undefined
            }
          />
        </Suspense>
      ) : null}
    </ViewContext>
  )
}
