import { type Content, mediaOf } from '../../api/content'

/** What a message says, as it is copied: the words as they were written, and whatever can be dialled or looked up. */
export function wordsOf(content: Content): string {
  const { text, location, contacts, rendered } = content
  if (location) {
    const { name, address, latitude, longitude } = location
    return lines(name, address, `${latitude}, ${longitude}`)
  }
  if (contacts) {
    const cards = contacts.map(({ name, phones, emails }) =>
      lines(
        name.formatted_name,
        ...(phones ?? []).map(({ phone, wa_id }) => phone || (wa_id && `+${wa_id}`)),
        ...(emails ?? []).map(({ email }) => email),
      ),
    )
    return cards.join('\n\n')
  }
  if (rendered) return lines(rendered.header, rendered.body, rendered.footer)
  return text?.body || mediaOf(content)?.caption || ''
}

const lines = (...parts: readonly (string | undefined)[]) => parts.filter(Boolean).join('\n')
