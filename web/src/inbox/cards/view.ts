import { createContext } from 'react'
import type { Media } from '../../api/content'

/** A picture or a film that somebody wants to see large. */
export interface Wanted {
  kind: 'image' | 'video'
  media: Media
  src: string
}

/** Opens the viewer of the thread around; outside of a thread nothing happens. */
export const ViewContext = createContext<(wanted: Wanted) => void>(() => undefined)
