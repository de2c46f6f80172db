import { list, number, object, text } from './json'
import type { Card, Place } from './model'

export function readPlace(json: unknown): Place {
  const place = object(json)
  return {
    latitude: number(place.latitude),
    longitude: number(place.longitude),
    name: text(place.name),
    address: text(place.address),
  }
}

export function readCard(json: unknown): Card {
  const card = object(json)
  return {
    name: text(object(card.name).formatted_name),
    phones: list(card.phones).map((each) => text(object(each).phone) || text(object(each).wa_id)),
    emails: list(card.emails).map((each) => text(object(each).email)),
    organisation: text(object(card.org).company),
  }
}
