import { formatPhone } from '../i18n/phone'
import type { Customer, Place } from './model'

/** People who can be put on the page at once. Their numbers belong to nobody. */
export const suggestions = [
  { phone: '551155500177', name: 'João Baptista', username: '' },
  { phone: '8613905550134', name: '陈静怡', username: 'chen.jy' },
  { phone: '4915255501286', name: 'Katrin Petersen', username: '' },
  { phone: '12025550143', name: 'Amara Okafor', username: '' },
] as const

/** Who the phone belongs to; before its first message only its number is known. */
export function personOf(
  phone: string,
  customers: Readonly<Record<string, Customer>>,
  offered: Readonly<Record<string, string>>,
): Customer {
  const suggested = suggestions.find((each) => each.phone === phone)
  return (
    customers[phone] ?? {
      phone,
      bsuid: '',
      name: offered[phone] ?? suggested?.name ?? formatPhone(phone),
      username: suggested?.username ?? '',
      offline: false,
      blocked: false,
      usernameOnly: false,
      optedOut: false,
      notOnWhatsApp: false,
      readsAtOnce: false,
      lastAt: null,
    }
  )
}

/** The digits of a number as people type it. */
export function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '').replace(/^00/, '')
}

/** Between the shortest and the longest number that can exist (E.164). */
export function isPhone(digits: string): boolean {
  return digits.length >= 7 && digits.length <= 15
}

/** 53.86893, 10.68729: precise to a metre. */
export function formatDegrees(place: Pick<Place, 'latitude' | 'longitude'>): string {
  return `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`
}
