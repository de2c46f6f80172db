import { useSyncExternalStore } from 'react'
import { currentAnnouncement, subscribeToAnnouncements } from './announce'

/** Where announce() is heard. Stands once on a page, from its first moment, or screen readers miss it. */
export function LiveRegion() {
  const { text, urgent } = useSyncExternalStore(subscribeToAnnouncements, currentAnnouncement)
  return (
    <>
      <div aria-live="polite" className="sr-only">
        {urgent ? '' : text}
      </div>
      <div aria-live="assertive" className="sr-only">
        {urgent ? text : ''}
      </div>
    </>
  )
}
