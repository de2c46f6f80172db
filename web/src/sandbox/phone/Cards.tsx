import { MapPin, UserRound } from 'lucide-react'
import type { Card, Place } from '../model'
import { formatDegrees } from '../phones'

const box = 'flex items-start gap-2.5 rounded-field bg-sunken px-3 py-2.5'

/** A place in words: no map, since nothing is fetched from elsewhere. */
export function PlaceCard({ place }: { place: Place }) {
  return (
    <div className={box}>
      <MapPin aria-hidden size={20} strokeWidth={1.75} className="mt-px shrink-0" />
      <div className="min-w-0 break-words text-second">
        {place.name ? <p className="font-semibold">{place.name}</p> : null}
        {place.address ? <p>{place.address}</p> : null}
        <p className="figures text-meta text-text2">{formatDegrees(place)}</p>
      </div>
    </div>
  )
}

/** A business card that was shared. */
export function ContactCard({ card }: { card: Card }) {
  return (
    <div className={box}>
      <UserRound aria-hidden size={20} strokeWidth={1.75} className="mt-px shrink-0" />
      <div className="min-w-0 break-words text-second">
        <p dir="auto" className="font-semibold">
          {card.name}
        </p>
        {card.organisation ? <p dir="auto">{card.organisation}</p> : null}
        {[...card.phones, ...card.emails].map((line) => (
          <p key={line} className="figures text-meta text-text2">
            {line}
          </p>
        ))}
      </div>
    </div>
  )
}
