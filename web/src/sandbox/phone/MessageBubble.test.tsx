import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { furnish, joao, listen, showPhone } from '../testing'

beforeEach(() => {
  furnish()
  listen()
})

const url = '/sandbox/media/42'

function business() {
  return screen.getByRole('article', { name: 'Nordlicht Service' })
}

test('text keeps its marks and links', () => {
  showPhone([{ id: '1', type: 'text', text: { body: 'Pedido *R-2420*: https://nordlicht.example/o' } }])
  expect(within(business()).getByText('R-2420').tagName).toBe('STRONG')
  expect(within(business()).getByRole('link').getAttribute('href')).toBe('https://nordlicht.example/o')
})

test('a picture opens in a viewer, from the address the sandbox gives, whatever its host', async () => {
  showPhone([
    { id: '1', type: 'image', image: { id: '42', caption: 'fertig', url: `http://127.0.0.1:8090${url}` } },
  ])
  expect(within(business()).getByText('fertig')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Open picture: fertig' }))
  expect(within(screen.getByRole('dialog')).getByRole('img', { name: 'fertig' }).getAttribute('src')).toBe(
    url,
  )
})

test('a link that is not fetched yet says so and asks nobody else', () => {
  showPhone([{ id: '1', type: 'image', image: { link: 'https://elsewhere.example/a.png' } }])
  expect(within(business()).getByText('The file is not here yet.')).toBeTruthy()
  expect(document.querySelector('img')).toBeNull()
})

test('video, voice message, document and sticker', () => {
  showPhone([
    { id: '1', type: 'video', video: { id: '42', url } },
    { id: '2', type: 'audio', audio: { id: '42', url, voice: true } },
    { id: '3', type: 'document', document: { id: '42', url, filename: 'Rechnung.pdf' } },
    { id: '4', type: 'sticker', sticker: { id: '42', url } },
  ])
  expect(screen.getByLabelText('Video').getAttribute('src')).toBe(url)
  expect(screen.getByRole('button', { name: 'Play voice message' })).toBeTruthy()
  const link = screen.getByRole('link', { name: /Rechnung\.pdf/ })
  expect(link.getAttribute('href')).toBe(url)
  expect(link.textContent).toContain('PDF')
  expect(screen.getByRole('img', { name: 'Sticker' }).getAttribute('src')).toBe(url)
})

test('a place and a business card', () => {
  showPhone([
    { id: '1', type: 'location', location: { latitude: 53.86893, longitude: 10.68729, name: 'Werkstatt' } },
    {
      id: '2',
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Tomás Silva' }, phones: [{ phone: '+49 451 5550101' }] }],
    },
  ])
  expect(screen.getByText('Werkstatt').parentElement?.textContent).toContain('53.86893, 10.68729')
  expect(screen.getByText('Tomás Silva').parentElement?.textContent).toContain('+49 451 5550101')
})

test('a template has header, body, footer and buttons, each with its own effect', () => {
  showPhone([
    {
      id: '1',
      type: 'template',
      template: { name: 'visit_photo' },
      rendered: {
        header: { type: 'image', media: { link: 'https://x.example/a.jpg', url } },
        body: 'Foto do pedido R-2402',
        footer: 'Nordlicht Service GmbH',
        buttons: [
          { type: 'url', text: 'Ver pedido', url: 'https://nordlicht.example/orders/R-2402' },
          { type: 'phone_number', text: 'Ligar', phone_number: '+494515550100' },
          { type: 'url', text: 'Escondido', url: 'javascript:alert(1)' },
        ],
      },
    },
  ])
  expect(business().querySelector('img')?.getAttribute('src')).toBe(url)
  expect(within(business()).getByText('Foto do pedido R-2402')).toBeTruthy()
  expect(within(business()).getByText('Nordlicht Service GmbH')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Ver pedido' }).getAttribute('href')).toBe(
    'https://nordlicht.example/orders/R-2402',
  )
  expect(screen.getByRole('link', { name: 'Ligar' }).getAttribute('href')).toBe('tel:+494515550100')
  expect(screen.queryByRole('link', { name: 'Escondido' })).toBeNull()
})

test('a type that nobody knows is named', () => {
  showPhone([{ id: '1', type: 'hologram', hologram: {} }])
  expect(within(business()).getByText('hologram')).toBeTruthy()
})

test('what the customer wrote has ticks, and what never arrived is not on the phone', () => {
  showPhone([
    { id: '1', direction: 'inbound', status: 'read', type: 'text', text: { body: 'gelesen' } },
    { id: '2', status: 'failed', type: 'text', text: { body: 'gescheitert' } },
    { id: '3', status: 'sent', type: 'text', text: { body: 'unterwegs' } },
  ])
  const own = screen.getByRole('article', { name: 'You' })
  expect(within(own).getByText('Read')).toBeTruthy()
  expect(screen.queryByText('gescheitert')).toBeNull()
  expect(screen.queryByText('unterwegs')).toBeNull()
})

test('an offline phone counts what waits, cannot write, and goes online again', async () => {
  const calls = listen()
  showPhone([{ id: '1', status: 'sent', type: 'text', text: { body: 'wartet' } }], {
    customer: { online: false },
  })
  expect(screen.getByText('1 message waits to be delivered')).toBeTruthy()
  expect(screen.queryByRole('textbox')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Go online' }))
  expect(calls).toEqual([{ method: 'PATCH', path: `/sandbox/customers/${joao}`, body: { online: true } }])
})
