// The 24-hour window: it closes before the agent's eyes, a template still goes
// out, and the customer's next words open it again.

import { assert, desk, meta, phonePage, shoot, step, story } from './browser.mjs'

await story('window', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const name = 'Katrin Petersen'
  const phone = await phonePage(context, '+49 1525 5501286', name)
  await phone.write('And is it far?')
  await agent.open(name)
  await step('the window is open for a day', async () => {
    await inbox.getByText(/2[34]\sh(\s\d+\smin)? left/).waitFor()
    await agent.field.fill('I am still typing')
  })
  await step('25 hours later the field is locked, and the draft kept', async () => {
    await meta('POST', '/clock', { advance: '25h' })
    await agent.answer.getByText('Free text is closed').waitFor()
    await agent.answer.getByText('Your draft is kept.').waitFor()
    assert.equal(await agent.field.count(), 0, 'there is no field to write in')
    await agent.row(name).getByText('Template only').waitFor()
    await shoot(inbox, 'locked')
  })
  await step('a template goes out all the same', async () => {
    await agent.answer.getByRole('button', { name: 'Choose a template' }).click()
    const sheet = inbox.getByRole('region', { name: 'Templates' })
    await sheet.getByRole('button', { name: /hello_world/ }).click()
    await sheet.getByText('Nothing has to be filled in.').waitFor()
    await shoot(inbox, 'template')
    await sheet.getByRole('button', { name: 'Send template' }).click()
    await phone.bubble('Welcome and congratulations').waitFor()
    await agent.ticks('Welcome and congratulations', 'Read')
  })
  await step('a template with variables shows what was filled in', async () => {
    await agent.answer.getByRole('button', { name: 'Choose a template' }).click()
    const sheet = inbox.getByRole('region', { name: 'Templates' })
    await sheet.getByRole('button').filter({ hasText: 'Ihr Auftrag' }).click()
    const send = sheet.getByRole('button', { name: 'Send template' })
    const fields = sheet.locator('form').getByRole('textbox')
    await fields.nth(0).fill('R-2402')
    await fields.nth(1).fill('abholbereit')
    await send.click()
    await phone.bubble('Ihr Auftrag R-2402 hat einen neuen Stand: abholbereit.').waitFor()
  })
  await step('the customer answers, and the field is open with the draft in it', async () => {
    await phone.write('Danke!')
    await agent.field.waitFor()
    assert.equal(await agent.field.inputValue(), 'I am still typing')
    await agent.say('Bis gleich!')
    await phone.bubble('Bis gleich!').waitFor()
  })
  await meta('POST', '/clock', { set: 'now' })
})
