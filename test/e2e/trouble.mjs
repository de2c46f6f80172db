// What went wrong and what people do about it: a message of which nobody knows,
// a number that stands, and a picture that WhatsApp hands over late.

import { api, assert, desk, loaded, meta, phonePage, picture, step, story, until } from './browser.mjs'

const name = 'Katrin Petersen'
const phone = '4915255501286'

await story(
  'trouble',
  async ({ context, inbox }) => {
    const agent = desk(inbox)
    const page = await phonePage(context, '+49 1525 5501286', name)
    await page.write('Can I come at four?')
    await agent.open(name)

    await step('a lost answer makes a message uncertain, and nothing is sent twice', async () => {
      // WhatsApp takes it and says so to nobody.
      await meta('POST', '/faults', [
        { kind: 'lose_answer', count: 1, match: { edge: 'messages' } },
        { kind: 'drop_webhook' },
      ])
      await agent.say('Four is fine.')
      await agent.bubble('Four is fine.').getByText('Uncertain.').waitFor()
    })
    await step('after five minutes it is held and waits for a person', async () => {
      await meta('POST', '/clock', { advance: '6m' })
      await agent.bubble('Four is fine.').getByText('Held.').waitFor()
      await inbox.getByRole('link', { name: /Attention/ }).getByText('1', { exact: true }).waitFor()
    })
    await step('the page of what needs attention lists it', async () => {
      await inbox.getByRole('link', { name: /Attention/ }).click()
      await inbox.getByRole('heading', { name: 'Needs attention' }).waitFor()
      await inbox.getByRole('listitem').filter({ hasText: 'Four is fine.' }).getByText(name).waitFor()
    })
    await step('sending it again warns of a double, and then sends', async () => {
      await meta('DELETE', '/faults')
      const row = inbox.getByRole('listitem').filter({ hasText: 'Four is fine.' })
      await row.getByRole('button', { name: 'Send again' }).click()
      const question = inbox.getByRole('dialog', { name: 'Send it a second time?' })
      await question.getByText('Katrin gets it twice').waitFor()
      await question.getByRole('button', { name: 'Send again' }).click()
      await inbox.getByText('Nothing is held.').waitFor()
      await until('the customer has it', async () => {
        const { data } = await meta('GET', `/customers/${phone}/messages`)
        return data.some(({ text, direction }) => direction === 'outbound' && text?.body === 'Four is fine.')
      })
    })
    await step('a number that stands is shown with its cause, and its messages wait', async () => {
      await meta('POST', '/faults', { kind: 'refuse', code: 131031, count: 1, match: { edge: 'messages' } })
      await inbox.goBack()
      await agent.open(name)
      await agent.say('See you at four!')
      await agent.bubble('See you at four!').getByText('Nothing was sent').waitFor()
      await inbox.getByRole('link', { name: /Attention/ }).click()
      await inbox.getByText('WhatsApp has locked the account of this business.').waitFor()
    })
    await step('resumed, it sends what waited', async () => {
      await inbox.getByRole('button', { name: /^Resume/ }).click()
      await inbox.getByRole('dialog').getByRole('button', { name: 'Resume sending' }).click()
      await inbox.getByText('Does not send.').waitFor({ state: 'detached' })
      await page.bubble('See you at four!').waitFor()
    })
    await step('a failed message leads to its place in the conversation', async () => {
      await meta('POST', '/faults', { kind: 'refuse', code: 131026, count: 1, match: { edge: 'messages' } })
      const { message_id } = await api('POST', '/send/text', { to: phone, text: 'Bring the bicycle.' })
      assert.ok(message_id)
      await inbox.getByRole('tab', { name: /^Failed/ }).click()
      const row = inbox.getByRole('listitem').filter({ hasText: 'Bring the bicycle.' })
      await row.getByText('Not delivered.').waitFor()
      await row.getByRole('link', { name: /^Open the conversation/ }).click()
      await agent.bubble('Bring the bicycle.').getByRole('button', { name: 'Why?' }).waitFor()
      assert.ok(inbox.url().includes(`message=${message_id}`), 'the address names the message')
    })
    await step('a picture that comes late appears by itself', async () => {
      const { readFileSync } = await import('node:fs')
      // WhatsApp takes its time with the file, and the server waits for it no longer than ten seconds.
      await meta('POST', '/faults', { kind: 'delay', delay_ms: 12_000, count: 1, match: { method: 'GET', path: '/*' } })
      await meta('POST', `/customers/${phone}/messages`, {
        type: 'image',
        image: { data: readFileSync(picture).toString('base64'), mime_type: 'image/png', caption: 'The brake' },
      })
      await agent.bubble('The brake').getByText('On its way from WhatsApp').waitFor()
      await loaded(agent.bubble('The brake').locator('img').first())
    })
    await meta('DELETE', '/faults')
    await meta('POST', '/clock', { set: 'now' })
  },
  { expected: /\/api\/v1\/whatsapp\/media\// },
)
