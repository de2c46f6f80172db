import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { furnish, joao, listen, number, showPhone } from '../testing'

beforeEach(furnish)

const messages = `/sandbox/customers/${joao}/messages`

const buttons = {
  id: 'wamid.B',
  type: 'interactive',
  interactive: {
    type: 'button',
    body: { text: 'Confirmar a visita?' },
    action: {
      buttons: [
        { type: 'reply', reply: { id: 'yes', title: 'Confirmar' } },
        { type: 'reply', reply: { id: 'no', title: 'Remarcar' } },
      ],
    },
  },
}

test('a tap on a button sends its reply with the context, and then the button is used', async () => {
  const calls = listen(() => ({ body: { id: 'wamid.R' } }))
  const phone = showPhone([buttons])
  await userEvent.click(screen.getByRole('button', { name: 'Remarcar' }))
  const sent = {
    type: 'interactive',
    to: number.id,
    context: { id: 'wamid.B' },
    interactive: { type: 'button_reply', button_reply: { id: 'no', title: 'Remarcar' } },
  }
  expect(calls).toEqual([{ method: 'POST', path: messages, body: sent }])

  await phone.arrives({ ...sent, id: 'wamid.R', direction: 'inbound', status: 'sent' })
  expect(screen.queryByRole('button', { name: 'Confirmar' })).toBeNull()
  expect(screen.getByText('Chosen:').parentElement?.textContent).toContain('Remarcar')
})

test('a quick reply of a template goes out with its payload as a message of type button', async () => {
  const calls = listen()
  showPhone([
    {
      id: 'wamid.T',
      type: 'template',
      template: { name: 'appointment_reminder' },
      rendered: {
        body: 'Amanhã às 9:00',
        buttons: [{ type: 'quick_reply', text: 'Confirmar', payload: 'c-1' }],
      },
    },
  ])
  await userEvent.click(screen.getByRole('button', { name: 'Confirmar' }))
  expect(calls[0]?.body).toEqual({
    type: 'button',
    to: number.id,
    context: { id: 'wamid.T' },
    button: { payload: 'c-1', text: 'Confirmar' },
  })
})

test('a row is chosen in the sheet of a list and sent with its description', async () => {
  const calls = listen()
  showPhone([
    {
      id: 'wamid.L',
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: 'Escolha' },
        action: {
          button: 'Ver horários',
          sections: [
            { title: 'Sexta', rows: [{ id: 'a', title: '9 h', description: 'Com o Tomás' }] },
            { title: 'Sábado', rows: [{ id: 'b', title: '10 h' }] },
          ],
        },
      },
    },
  ])
  await userEvent.click(screen.getByRole('button', { name: 'Ver horários' }))
  const sheet = screen.getByRole('dialog', { name: 'Ver horários' })
  const send = () => within(sheet).getByRole('button', { name: 'Send choice' })
  await userEvent.click(send())
  expect(calls).toEqual([])
  await userEvent.click(within(sheet).getByRole('radio', { name: /9 h/ }))
  await userEvent.click(send())
  expect(calls[0]?.body).toEqual({
    type: 'interactive',
    to: number.id,
    context: { id: 'wamid.L' },
    interactive: { type: 'list_reply', list_reply: { id: 'a', title: '9 h', description: 'Com o Tomás' } },
  })
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('a reaction is chosen with the keyboard alone, shown, and taken back with an empty emoji', async () => {
  const calls = listen()
  const phone = showPhone([{ id: 'wamid.M', type: 'text', text: { body: 'Bom dia' } }])
  const bubble = screen.getByRole('article', { name: 'Nordlicht Service' })
  bubble.focus()
  await userEvent.keyboard('{Enter}')
  await userEvent.click(screen.getByRole('menuitem', { name: 'React with 👍' }))
  const reaction = { type: 'reaction', reaction: { message_id: 'wamid.M', emoji: '👍' } }
  expect(calls[0]?.body).toEqual({ ...reaction, to: number.id })

  await phone.arrives({ ...reaction, id: 'wamid.E', direction: 'inbound', status: 'sent' })
  expect(screen.getByText('Reactions:').parentElement?.textContent).toContain('👍')
  bubble.focus()
  await userEvent.keyboard('{Enter}')
  await userEvent.click(screen.getByRole('menuitem', { name: 'Take 👍 back' }))
  expect(calls[1]?.body).toEqual({
    type: 'reaction',
    to: number.id,
    reaction: { message_id: 'wamid.M', emoji: '' },
  })
})

test('an answer quotes the message, and what was typed stays when the sandbox refuses it', async () => {
  let status = 422
  const calls = listen(() => ({ status, body: { detail: 'text.body: is too long' } }))
  showPhone([{ id: 'wamid.M', type: 'text', text: { body: 'Bom dia' } }])
  screen.getByRole('article', { name: 'Nordlicht Service' }).focus()
  await userEvent.keyboard('{Enter}')
  await userEvent.click(screen.getByRole('menuitem', { name: 'Answer this message' }))
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' })
  await userEvent.type(field, 'Obrigado{Enter}')
  expect(calls[0]?.body).toEqual({
    type: 'text',
    to: number.id,
    context: { id: 'wamid.M' },
    text: { body: 'Obrigado' },
  })
  expect((await screen.findByRole('alert')).textContent).toBe('Not sent: text.body: is too long')
  expect(field.value).toBe('Obrigado')

  status = 200
  await userEvent.type(field, '{Enter}')
  expect(calls).toHaveLength(2)
  expect(field.value).toBe('')
})

test('a picture goes out as a file with its caption', async () => {
  const calls = listen()
  const { container } = showPhone([])
  const picker = container.querySelector<HTMLInputElement>('input[type=file]')
  if (!picker) throw new Error('there is no file input')
  await userEvent.upload(picker, new File(['x'], 'gerät.png', { type: 'image/png' }))
  await userEvent.type(screen.getByRole('textbox', { name: 'Caption' }), 'kaputt{Enter}')
  expect(calls[0]?.body).toEqual({ type: 'image', to: number.id, image: { caption: 'kaputt' } })
})

test('the first message of somebody new introduces them by name', async () => {
  const calls = listen()
  const { store } = showPhone([])
  // Without a customer of the sandbox's own: as on a first visit.
  store.change({ is: 'reset' })
  await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), 'Oi{Enter}')
  expect(calls[0]?.body).toEqual({
    type: 'text',
    to: number.id,
    text: { body: 'Oi' },
    profile: { name: 'João Baptista' },
  })
})
