// What people do wrong, and what goes wrong around them: each has its words, and
// nothing that was typed is lost.

import { api, assert, desk, kontor, meta, phonePage, step, story, until } from './browser.mjs'

const phone = '4915228817386'
const name = 'Katrin Petersen'
const file = (name, mimeType, size) => ({ name, mimeType, buffer: Buffer.alloc(size, 1) })
/** A picture of so many bytes that stands still, as WebP: what a server reads of it is in its first bytes. */
function still(size) {
  const picture = file('bell.webp', 'image/webp', size)
  picture.buffer.write('RIFF', 0)
  picture.buffer.writeUInt32LE(size - 8, 4)
  picture.buffer.write('WEBPVP8L', 8)
  return picture
}
/** Asks the test around this story to stop or start the product. */
const product = (what) => fetch(`${process.env.E2E_PRODUCT}/${what}`, { method: 'POST' })

const heard = async () =>
  (await meta('GET', `/customers/${phone}/messages?direction=outbound`)).data.map(({ text }) => text?.body)
const times = async (words) => (await heard()).filter((each) => each === words).length

await story(
  'mistakes',
  async ({ context, inbox }) => {
    const agent = desk(inbox)
    const customer = await phonePage(context, `+${phone}`, name)
    await customer.write('Moin! Is it ready?')
    await agent.open(name)
    await agent.bubble('Is it ready?').waitFor()
    const said = (words) => inbox.getByText(words).first().waitFor()
    const keeps = async (words) => assert.equal(await agent.field.inputValue(), words, 'what was typed is kept')

    await step('nothing to send', async () => {
      for (const nothing of ['', '   ']) {
        await agent.field.fill(nothing)
        await agent.field.press('Enter')
        await said('There is nothing to send yet.')
      }
      assert.deepEqual(await heard(), [])
      await agent.field.fill('')
    })
    await step('too long', async () => {
      const long = 'x'.repeat(4100)
      await agent.field.fill(long)
      await agent.answer.getByText('4,100 of 4,096').waitFor()
      await agent.field.press('Enter')
      await said('The text is too long by 4. Nothing was sent.')
      await keeps(long)
      assert.equal(await agent.answer.getByRole('button', { name: 'Send', exact: true }).getAttribute('aria-disabled'), 'true')
      assert.deepEqual(await heard(), [])
      // Signs that count as one, whatever their bytes.
      await agent.field.fill('🚲'.repeat(4096))
      await agent.answer.getByText('4,096 of 4,096').waitFor()
    })
    await step('files that WhatsApp does not take', async () => {
      await agent.field.fill('The estimate')
      const chooser = inbox.locator('input[type=file][aria-label="Attach files"]').last()
      for (const [chosen, words] of [
        [file('tool.exe', 'application/x-msdownload', 10), 'WhatsApp does not take exe files.'],
        [file('large.png', 'image/png', 5_000_001), 'large.png is larger than 5'],
        [file('nothing.pdf', 'application/pdf', 0), 'nothing.pdf is empty.'],
      ]) {
        await chooser.setInputFiles(chosen)
        await said(words)
        assert.equal(await agent.answer.getByRole('list', { name: 'Files to send' }).count(), 0, 'it is not beside the field')
        await keeps('The estimate')
      }
    })
    await step('files that only the server can judge stand beside the field, and can be taken away', async () => {
      const chooser = inbox.locator('input[type=file][aria-label="Attach files"]').last()
      const files = agent.answer.getByRole('list', { name: 'Files to send' })
      for (const [chosen, words, status] of [
        // A sticker that moves may be as large, one that stands still may not: their first bytes tell.
        [still(150_000), 'The file is larger than WhatsApp takes of its kind. Nothing was sent.', 413],
        // A WebP that somebody has named PNG.
        [{ ...still(400), name: 'bell.png', mimeType: 'image/png' }, 'The file holds something else than its name says. Nothing was sent.', 422],
      ]) {
        const [answer] = await Promise.all([inbox.waitForResponse('**/api/v1/whatsapp/media'), chooser.setInputFiles(chosen)])
        assert.equal(answer.status(), status)
        await files.getByText(words).waitFor()
        await agent.answer.getByRole('button', { name: `Take ${chosen.name} away` }).click()
        await files.waitFor({ state: 'detached' })
        await keeps('The estimate')
      }
    })

    await step('offline: what is typed is kept, and sent when the line is back', async () => {
      await context.setOffline(true)
      await said('Offline since')
      await agent.field.fill('Typed without a line')
      await agent.field.press('Enter')
      await said('Kept here. Nothing was sent.')
      await keeps('Typed without a line')
      assert.deepEqual(await heard(), [])
      await context.setOffline(false)
      await inbox.getByText('Offline since').waitFor({ state: 'detached' })
      await keeps('Typed without a line')
      await agent.field.press('Enter')
      await customer.bubble('Typed without a line').waitFor()
      assert.equal(await times('Typed without a line'), 1)
    })
    await step('the answer of a send is lost: trying again sends nothing twice', async () => {
      let lost = 4
      // The server has it, and nobody learns of it.
      await inbox.route('**/api/v1/whatsapp/send/text', async (route) => {
        if (lost-- <= 0) return route.continue()
        await route.fetch()
        await route.abort()
      })
      await agent.say('Is this once?')
      await agent.bubble('Is this once?').getByText('No answer.').waitFor()
      await agent.bubble('Is this once?').getByRole('button', { name: 'Try again' }).click()
      await customer.bubble('Is this once?').waitFor()
      await agent.ticks('Is this once?', /Delivered|Read/)
      assert.equal(await times('Is this once?'), 1)
      await inbox.unroute('**/api/v1/whatsapp/send/text')
    })
    await step('more than the house lets a customer get in a day: the words go back into the field', async () => {
      // Until its restart the product sends two messages a day to a customer, and both have left.
      const refused = inbox.waitForResponse((answer) => answer.request().postData()?.includes('One too many'))
      await agent.say('One too many')
      const answer = await refused
      assert.equal(answer.status(), 429)
      const bubble = agent.bubble('One too many')
      await bubble.getByText('This person has got as many messages today as your house allows. Nothing was sent.').waitFor()
      await bubble.getByRole('button', { name: 'Back into the field' }).click()
      await keeps('One too many')
      assert.equal(await times('One too many'), 0)
    })

    await step('the server restarts: the draft, the session and the stream are there afterwards', async () => {
      await agent.field.fill('Half a sentence')
      await product('stop')
      await said('Offline since')
      await agent.field.press('End')
      await agent.field.pressSequentially(', and the rest')
      await product('start')
      await inbox.getByText('Offline since').waitFor({ state: 'detached' })
      await keeps('Half a sentence, and the rest')
      await meta('POST', `/customers/${phone}/messages`, { type: 'text', text: { body: 'Hello after the restart' } })
      await agent.bubble('Hello after the restart').waitFor()
      await agent.field.press('Enter')
      await agent.ticks('Half a sentence, and the rest', /Delivered|Read/)
    })

    await step('a template whose places are not filled', async () => {
      await agent.field.fill('Kept beside the template')
      await agent.field.blur()
      await inbox.keyboard.press('t')
      const sheet = inbox.getByRole('region', { name: 'Templates' })
      await sheet.getByRole('button').filter({ hasText: 'Ihr Auftrag' }).click()
      const send = sheet.getByRole('button', { name: 'Send template' })
      const fields = sheet.locator('form').getByRole('textbox')
      await fields.first().fill('R-2402')
      assert.equal(await send.getAttribute('aria-disabled'), 'true')
      await send.focus()
      await said('Fill in all fields first.')
      await fields.first().press('Enter')
      await sheet.getByText('WhatsApp takes no line breaks').waitFor()
      assert.equal(await send.getAttribute('aria-disabled'), 'true')
      await sheet.getByRole('button', { name: 'Close templates' }).click()
      await sheet.waitFor({ state: 'detached' })
      await keeps('Kept beside the template')
    })
    await step('a label of a name that exists', async () => {
      await api('POST', '/labels', { name: 'Warranty', colour: '#0d9488' })
      await inbox.goto(`${kontor}/settings/labels`)
      await inbox.getByRole('button', { name: 'Add a label' }).click()
      const dialog = inbox.getByRole('dialog')
      await dialog.getByLabel('Name').fill('Warranty')
      await dialog.getByRole('button', { name: 'Save label' }).click()
      await dialog.getByText('There is a label of this name already.').waitFor()
      assert.equal(await dialog.getByLabel('Name').inputValue(), 'Warranty')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      const { data } = await api('GET', '/labels')
      assert.equal(data.filter(({ name }) => name === 'Warranty').length, 1)
    })
    await step('an order whose customer has no phone number', async () => {
      const answer = await fetch(`${kontor}/api/v1/whatsapp/orders/R-0815`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.E2E_KEY}` },
        body: JSON.stringify({ customer: { phone: 'next door', name: 'Ole Petersen' }, status: 'received' }),
      })
      const problem = await answer.json()
      assert.equal(answer.status, 422)
      assert.match(JSON.stringify(problem.errors), /customer/, 'it names what is wrong')
      await inbox.goto(`${kontor}/orders`)
      await said('No orders here.')
    })

    await step('two tabs: what is typed in one stands in the other, and is sent once', async () => {
      await inbox.goto(kontor)
      await agent.open(name)
      await agent.field.fill('')
      const second = await context.newPage()
      await second.goto(inbox.url())
      const beside = desk(second)
      await beside.field.waitFor()
      await agent.field.fill('Typed on the left')
      await until('it stands on the right', async () => (await beside.field.inputValue()) === 'Typed on the left')
      await beside.field.press('Enter')
      await until('the left is empty', async () => (await agent.field.inputValue()) === '')
      await agent.bubble('Typed on the left').waitFor()
      await agent.ticks('Typed on the left', /Delivered|Read/)
      assert.equal(await times('Typed on the left'), 1)
      await second.close()
    })
  },
  { expected: /413|429|422|409|ERR_|Failed to load resource/ },
)
