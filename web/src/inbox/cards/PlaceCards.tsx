import { useLingui } from '@lingui/react/macro'
import { ExternalLink, MapPin, Megaphone, User } from 'lucide-react'
import type { ContactCard, Location, Referral } from '../../api/content'
import { formatPhone } from '../../i18n/phone'

const link = 'inline-flex items-center gap-1 font-semibold text-info text-second underline'

/** A place, without a map: its name, its address, and a way to look at it. */
export function LocationCard({ location }: { location: Location }) {
  const { t } = useLingui()
  const { latitude, longitude, name, address } = location
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  return (
    <div className="flex min-w-52 gap-2.5 py-0.5">
      <MapPin aria-hidden size={20} strokeWidth={1.75} className="mt-0.5 shrink-0" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p dir="auto" className="font-semibold text-message">
          {name || t`Location`}
        </p>
        {address ? (
          <p dir="auto" className="text-second text-text2">
            {address}
          </p>
        ) : null}
        <p className="figures text-meta text-text2">{point}</p>
        <a
          href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
          target="_blank"
          rel="noopener noreferrer"
          className={link}
        >
          {t`Show on a map`}
          <ExternalLink aria-hidden size={13} strokeWidth={2} />
        </a>
      </div>
    </div>
  )
}

/** Business cards, one under the other. */
export function ContactsCard({ contacts }: { contacts: readonly ContactCard[] }) {
  return (
    <div className="flex min-w-52 flex-col gap-2 py-0.5">
      {contacts.map((card, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cards of one message never change
        <OneContact key={place} card={card} />
      ))}
    </div>
  )
}

function OneContact({ card }: { card: ContactCard }) {
  const { name, phones, emails, urls, org } = card
  const work = [org?.title, org?.department, org?.company].filter(Boolean).join(', ')
  const ways = [
    ...(phones ?? []).map(({ phone, wa_id }) => phone || (wa_id ? formatPhone(wa_id) : '')),
    ...(emails ?? []).map(({ email }) => email ?? ''),
    ...(urls ?? []).map(({ url }) => url ?? ''),
  ].filter(Boolean)
  return (
    <div className="flex gap-2.5">
      <User aria-hidden size={20} strokeWidth={1.75} className="mt-0.5 shrink-0" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p dir="auto" className="font-semibold text-message">
          {name.formatted_name}
        </p>
        {work ? (
          <p dir="auto" className="text-second text-text2">
            {work}
          </p>
        ) : null}
        {ways.map((way) => (
          <p key={way} className="figures text-second">
            {way}
          </p>
        ))}
      </div>
    </div>
  )
}

/** The ad or post the customer came from, above what they wrote. */
export function ReferralCard({ referral }: { referral: Referral }) {
  const { t } = useLingui()
  const { headline, body, source_url: url, source_type: type } = referral
  return (
    <div className="-mx-1.5 min-w-56 rounded-control bg-sunken px-2.5 py-2 text-second [overflow-wrap:anywhere]">
      <p className="flex items-center gap-1.5 font-semibold text-text2 text-tiny">
        <Megaphone aria-hidden size={13} strokeWidth={2} className="shrink-0" />
        {type === 'post' ? t`Came from a post` : t`Came from an ad`}
      </p>
      {headline ? (
        <p dir="auto" className="font-semibold">
          {headline}
        </p>
      ) : null}
      {body ? (
        <p dir="auto" className="line-clamp-3 text-text2">
          {body}
        </p>
      ) : null}
      {url && /^https?:/i.test(url) ? (
        <a href={url} target="_blank" rel="noopener noreferrer" className={link}>
          {t`Open`}
          <ExternalLink aria-hidden size={13} strokeWidth={2} />
        </a>
      ) : null}
    </div>
  )
}
