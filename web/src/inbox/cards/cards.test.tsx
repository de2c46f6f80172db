import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { Content } from '../../api/content'
import { aMessage } from '../../test/fixtures'
import { show } from '../../test/show'
import { MessageBubble } from '../thread/MessageBubble'
import { fileArrived } from './arrival'

async function bubble(content: Content, change: Parameters<typeof aMessage>[0] = {}) {
  const message = aMessage({ ...change, content })
  const shown = await show(<MessageBubble message={message} reactions={{}} newest tabIndex={0} />)
  return shown.container.textContent ?? ''
}

test('text keeps its marks and links', async () => {
  await bubble({ type: 'text', text: { body: 'Das ist *wichtig*: https://example.org/a' } })
  expect(screen.getByText('wichtig').tagName).toBe('STRONG')
  expect(screen.getByRole('link').getAttribute('href')).toBe('https://example.org/a')
})

test('a picture opens in a viewer', async () => {
  await bubble({ type: 'image', image: { media_id: 'med_1', caption: 'Die Dichtung' } })
  await userEvent.click(screen.getByRole('button', { name: 'Picture: Die Dichtung, open' }))
  const picture = await screen.findByRole('img', { name: 'Picture: Die Dichtung' })
  expect(picture.getAttribute('src')).toBe('/api/v1/whatsapp/media/med_1')
})

test.each<[string, Content, string]>([
  ['a picture on its way', { type: 'image', image: { id: 'meta' } }, 'On its way from WhatsApp'],
  [
    'a file that WhatsApp kept',
    { type: 'document', document: { id: 'meta', filename: 'a.pdf' }, errors: [{ code: 131052 }] },
    'WhatsApp did not hand the file over',
  ],
  [
    'a link that is not loaded',
    { type: 'image', image: { link: 'https://elsewhere.example/x.jpg' } },
    'https://elsewhere.example/x.jpg',
  ],
  ['a video', { type: 'video', video: { media_id: 'med_1', caption: 'So tropft es' } }, 'So tropft es'],
  [
    'a document',
    { type: 'document', document: { media_id: 'med_1', filename: 'R-2391.pdf', size: 84_000 } },
    'PDF · 84',
  ],
  [
    'a place',
    { type: 'location', location: { latitude: 53.8655, longitude: 10.6866, name: 'Holstentor' } },
    'Holstentor',
  ],
  [
    'business cards',
    {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Tom Meier' }, phones: [{ wa_id: '4917012345678' }] }],
    },
    'Tom Meier',
  ],
  [
    'a tap on a button',
    { type: 'interactive', reply: { type: 'button_reply', id: 'a', title: 'Montag' } },
    'Montag',
  ],
  [
    'a choice from a list',
    {
      type: 'interactive',
      reply: { type: 'list_reply', id: 'a', title: '9 Uhr', description: 'mit Tomasz' },
    },
    'mit Tomasz',
  ],
  [
    'a form',
    {
      type: 'interactive',
      reply: { type: 'nfm_reply', response_json: '{"flow_token":"secret","Tag":"Montag"}' },
    },
    'TagMontag',
  ],
  [
    'a form that is no object',
    { type: 'interactive', reply: { type: 'nfm_reply', body: 'Sent', response_json: '7' } },
    'Sent',
  ],
  ['a tap on a template', { type: 'button', button: { text: 'Confirmar', payload: 'c' } }, 'Confirmar'],
  [
    'an order',
    {
      type: 'order',
      order: {
        product_items: [{ product_retailer_id: 'E61', quantity: '2', item_price: 43.25, currency: 'EUR' }],
      },
    },
    'Total€86.50',
  ],
  [
    'a new number',
    { type: 'system', system: { type: 'user_changed_number', wa_id: '4916011112222' } },
    'Katrin has a new number',
  ],
  [
    'what WhatsApp keeps back',
    { type: 'unsupported', unsupported: { type: 'poll' } },
    'pollKept, cannot be shown yet',
  ],
  [
    'what is newer than this page',
    { type: 'unknown', raw_type: 'hologram', raw: {} },
    'hologramKept, cannot be shown yet',
  ],
  [
    'an edit whose message is not here',
    { type: 'edit', edit: { original_message_id: 'x', message: { type: 'text', text: { body: 'Neu' } } } },
    'Neu',
  ],
  [
    'a deletion whose message is not here',
    { type: 'revoke', revoke: { original_message_id: 'x' } },
    'Deleted a message',
  ],
  [
    'an ad',
    {
      type: 'text',
      text: { body: 'Hallo' },
      referral: { source_type: 'ad', headline: 'Entkalken', source_url: 'https://fb.me/x' },
    },
    'Came from an adEntkalken',
  ],
  [
    'a forwarded message',
    { type: 'text', text: { body: 'Hallo' }, context: { forwarded: true } },
    'ForwardedHallo',
  ],
  [
    'a question about a product',
    {
      type: 'text',
      text: { body: 'Noch da?' },
      context: { referred_product: { catalog_id: '1', product_retailer_id: 'E61' } },
    },
    'ProductE61',
  ],
])('%s', async (_, content, want) => {
  expect((await bubble(content)).replaceAll('\u00a0', ' ')).toContain(want)
})

test('a form hides its token', async () => {
  const text = await bubble({
    type: 'interactive',
    reply: { type: 'nfm_reply', response_json: '{"flow_token":"secret","Tag":"Montag"}' },
  })
  expect(text).not.toContain('secret')
})

test.each<[string, Content, string]>([
  [
    'buttons',
    {
      type: 'interactive',
      interactive: {
        type: 'button',
        header: { type: 'text', text: 'Termin' },
        body: { text: 'Wann passt es?' },
        footer: { text: 'Nordlicht' },
        action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'Montag' } }] },
      },
    },
    'TerminWann passt es?NordlichtAna',
  ],
  [
    'a list',
    {
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: 'Wann?' },
        action: { button: 'Auswahl', sections: [{ rows: [{ id: 'a', title: '9 Uhr' }] }] },
      },
    },
    '9 Uhr',
  ],
  [
    'a link',
    {
      type: 'interactive',
      interactive: {
        type: 'cta_url',
        body: { text: 'Hier' },
        action: { name: 'cta_url', parameters: { display_text: 'Ansehen', url: 'https://example.org' } },
      },
    },
    'Ansehen',
  ],
  [
    'what only programs send',
    { type: 'interactive', interactive: { type: 'product_list', body: { text: 'Hier' } } },
    'product_list',
  ],
  [
    'a template',
    {
      type: 'template',
      template: { name: 'visita', language: { code: 'pt_BR' } },
      rendered: { header: 'Visita', body: 'Olá, *João*', footer: 'Nordlicht', buttons: ['Confirmar'] },
    },
    'Template · visitaVisitaOlá, JoãoNordlicht',
  ],
])('we sent %s', async (_, content, want) => {
  expect(await bubble(content, { direction: 'outbound' })).toContain(want)
})

test('a voice message has a player', async () => {
  await bubble({ type: 'audio', audio: { media_id: 'med_1', voice: true } })
  expect(screen.getByRole('button', { name: 'Play voice message' })).toBeTruthy()
})

test('a changed message says so, a deleted one shows nothing of it', async () => {
  expect(
    await bubble({ type: 'text', text: { body: 'Neu' } }, { edited_at: '2026-11-20T09:05:00.000Z' }),
  ).toContain('Changed · ')
  const deleted = await bubble(
    { type: 'text', text: { body: 'Geheim' } },
    { revoked_at: '2026-11-20T09:05:00.000Z' },
  )
  expect(deleted).toContain('The customer deleted this message.')
  expect(deleted).not.toContain('Geheim')
})

test('a failure says why, what to do, and its code on request', async () => {
  const text = await bubble(
    { type: 'text', text: { body: 'Hallo' } },
    {
      direction: 'outbound',
      status: 'failed',
      errors: [{ code: 131047, title: 'Re-engagement message', details: 'x' }],
    },
  )
  expect(text).toContain('Not delivered. The customer wrote more than 24 hours ago. Send a template')
  expect(screen.getByRole('button', { name: 'Choose a template' })).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Why?' }))
  expect((await screen.findByRole('dialog')).textContent).toContain('131047 · Re-engagement message')
})

test.each([
  ['uncertain', null, 'does not send it twice by itself'],
  ['held', null, 'it waits for you'],
  ['held', 'wamid.x', 'WhatsApp looks at this template first'],
  ['expired', null, 'Its time had run out'],
] as const)('%s with the id %s in plain words', async (status, wamid, want) => {
  expect(
    await bubble({ type: 'text', text: { body: 'Hallo' } }, { direction: 'outbound', status, wamid }),
  ).toContain(want)
})

test('a reaction stands on its message and its owner is named', async () => {
  const message = aMessage()
  await show(
    <MessageBubble
      message={message}
      reactions={{ customer: '👍', house: '🙏' }}
      newest={false}
      tabIndex={0}
    />,
  )
  expect(screen.getByRole('img', { name: 'Katrin Petersen reacted with 👍' })).toBeTruthy()
  expect(screen.getByRole('img', { name: 'You reacted with 🙏' })).toBeTruthy()
})

test('a message that waits says why, and only when it waits for long', async () => {
  const words = { type: 'text', text: { body: 'Hallo' } } as const
  const fresh = { direction: 'outbound', status: 'accepted', wamid: null } as const
  expect(await bubble(words, { ...fresh, at: new Date().toISOString() })).not.toContain('Nothing was sent')
  expect(await bubble(words, fresh)).toContain('Nothing was sent yet: it waits its turn.')
})

test('a file that WhatsApp hands over late appears when the live stream tells of it', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`)
    return new Response(null, { status: 409 })
  })
  const message = aMessage({ content: { type: 'image', image: { media_id: 'med_1', caption: 'Tür' } } })
  const { queries, container } = await show(
    <MessageBubble message={message} reactions={{}} newest tabIndex={0} />,
  )
  const picture = () => container.querySelector('img')
  fireEvent.error(picture() as HTMLImageElement)
  expect(await screen.findByText(/On its way from WhatsApp/)).toBeTruthy()
  expect(asked).toEqual(['HEAD /api/v1/whatsapp/media/med_1'])
  act(() => fileArrived(queries, message.message_id, 'stored'))
  await waitFor(() => expect(picture()?.getAttribute('src')).toBe('/api/v1/whatsapp/media/med_1'))
  act(() => fileArrived(queries, message.message_id, 'failed'))
  expect(picture(), 'what is shown stays shown').toBeTruthy()
  vi.unstubAllGlobals()
})

test('a file that will not come says so', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 409 }))
  const message = aMessage({ content: { type: 'image', image: { media_id: 'med_1' } } })
  const { queries, container } = await show(
    <MessageBubble message={message} reactions={{}} newest tabIndex={0} />,
  )
  fireEvent.error(container.querySelector('img') as HTMLImageElement)
  await screen.findByText(/On its way from WhatsApp/)
  act(() => fileArrived(queries, message.message_id, 'failed'))
  expect(await screen.findByText(/WhatsApp did not hand the file over/)).toBeTruthy()
  vi.unstubAllGlobals()
})

test.each([
  [409, 'On its way from WhatsApp'],
  [410, 'WhatsApp did not hand the file over'],
])('a document that cannot be saved says why: %d', async (status, want) => {
  vi.stubGlobal('fetch', async () => new Response(null, { status }))
  const message = aMessage({
    content: { type: 'document', document: { media_id: 'med_1', filename: 'R-2391.pdf' } },
  })
  const { queries } = await show(<MessageBubble message={message} reactions={{}} newest tabIndex={0} />)
  fireEvent.click(screen.getByRole('link', { name: /R-2391/ }))
  expect(await screen.findByText(new RegExp(want))).toBeTruthy()
  act(() => fileArrived(queries, message.message_id, 'stored'))
  expect(await screen.findByRole('link', { name: /R-2391/ })).toBeTruthy()
  vi.unstubAllGlobals()
})
