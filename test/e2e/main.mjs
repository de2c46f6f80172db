// The main story: a customer writes, the business answers with words, a picture
// and a question, the customer taps an answer, and the ticks turn to read.

import { assert, desk, fits, loaded, meta, phoneOf, picture, sandbox, shoot, step, story, until } from './browser.mjs'

await story('main', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const name = 'João Baptista'
  await inbox.evaluate(() => {
    window.notReloaded = true
  })

  const page = await context.newPage()
  await page.goto(sandbox)
  const phone = phoneOf(page, name)
  await step('a customer writes on the phone', () => phone.write('Bom dia! My bicycle has a flat tyre.'))
  await step('it appears in the inbox by itself', async () => {
    await agent.row(name).filter({ hasText: 'flat tyre' }).waitFor()
    await agent.row(name).getByText('1 unread message').or(agent.row(name).getByLabel('1 unread message')).first().waitFor()
    assert.ok(await inbox.evaluate(() => window.notReloaded), 'the inbox was not loaded again')
    await until('the title of the tab counts it', async () => (await inbox.title()) === '(1) Kontor')
  })

  await step('J opens it, R begins an answer, Enter sends', async () => {
    await inbox.keyboard.press('j')
    await inbox.getByRole('heading', { level: 2, name }).waitFor()
    await agent.bubble('flat tyre').waitFor()
    await agent.field.waitFor()
    await inbox.keyboard.press('r')
    await inbox.keyboard.type('Good morning, João. Could you send us a picture of it?')
    await inbox.keyboard.press('Enter')
    await agent.bubble('Could you send us a picture').waitFor()
    assert.equal(await agent.field.inputValue(), '', 'the field is empty for the next answer')
  })
  await step('a picture goes out with its words', async () => {
    await inbox.locator('input[type=file][aria-label="Attach files"]').last().setInputFiles(picture)
    await agent.answer.getByRole('textbox', { name: 'Caption' }).fill('Like this one')
    await inbox.keyboard.press('Enter')
    await loaded(agent.bubble('Like this one').locator('img').first())
  })
  await step('a question with buttons goes out', async () => {
    await agent.answer.getByRole('button', { name: 'Buttons, list, location' }).click()
    await inbox.getByRole('menuitem', { name: 'Message with buttons' }).click()
    const dialog = inbox.getByRole('dialog', { name: 'Message with buttons' })
    await dialog.getByLabel(/^Text/).fill('Shall we come and fetch it?')
    await dialog.getByLabel(/^Button 1/).fill('Yes, please')
    await dialog.getByLabel(/^Button 2/).fill('I bring it')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })
  await step('the phone shows all three, in order', async () => {
    await phone.bubble('Shall we come and fetch it?').waitFor()
    await loaded(phone.bubble('Like this one').locator('img').first())
    const texts = await phone.log.getByRole('article').allInnerTexts()
    const places = ['Could you send', 'Like this one', 'Shall we'].map((words) => texts.findIndex((text) => text.includes(words)))
    assert.deepEqual(places, [1, 2, 3], 'after the question of the customer')
  })
  await step('the customer taps a button, and the tap shows in the inbox', async () => {
    await phone.log.getByRole('button', { name: 'Yes, please' }).click()
    await agent.thread.getByRole('article', { name: new RegExp(`^${name}`) }).filter({ hasText: 'Yes, please' }).waitFor()
    assert.equal(await phone.log.getByRole('button', { name: 'I bring it' }).count(), 0, 'a question is answered once')
  })
  await step('the ticks turn to read', async () => {
    for (const words of ['Could you send us a picture', 'Like this one', 'Shall we come and fetch it?']) {
      await agent.ticks(words, 'Read')
    }
  })
  await step('what was read counts no more', async () => {
    await agent.row(name).getByText(/unread/).waitFor({ state: 'detached' })
    await until('the title counts it no more', async () => (await inbox.title()) === 'Kontor')
  })
  await step('others write, too', async () => {
    for (const [number, other, text] of [
      ['12025550143', 'Amara Okafor', 'Do you repair bells?'],
      ['4915255501286', 'Katrin Petersen', 'Moin! When will it be ready?'],
      ['8613905550134', '陈静怡', '你好，我的自行车修好了吗？'],
    ]) {
      await meta('POST', `/customers/${number}/messages`, { type: 'text', text: { body: text }, profile: { name: other } })
      await agent.row(other).filter({ hasText: text }).waitFor()
    }
  })
  await fits(inbox)
  await fits(page)
  await shoot(inbox, 'inbox')
  await shoot(page, 'sandbox')
})
