// What else people say: reactions, quotes, voices, places; a message taken back
// before it left, and one that did not arrive.

import { assert, desk, loaded, meta, phonePage, picture, step, story, until } from './browser.mjs'

await story('talk', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const name = 'Amara Okafor'
  const phone = await phonePage(context, '+1 202 555 0143', name)
  await phone.write('Small bells?')
  await agent.open(name)

  await step('the agent reacts, and the phone shows it', async () => {
    await agent.bubble('Small bells?').hover()
    await agent.thread.getByRole('button', { name: 'React, reply, copy' }).last().click()
    await inbox.getByRole('menuitemcheckbox', { name: 'React 👍' }).click()
    await phone.log.getByText('👍').waitFor()
    await agent.thread.getByRole('img', { name: 'You reacted with 👍' }).waitFor()
  })
  await step('the agent answers that very message', async () => {
    await agent.bubble('Small bells?').hover()
    await agent.thread.getByRole('button', { name: 'Reply to this message' }).last().click()
    await agent.say('We do, also horns.')
    await phone.bubble('We do, also horns.').getByText('Small bells?').waitFor()
    await agent.bubble('We do, also horns.').getByText('Small bells?').waitFor()
  })
  await step('the customer reacts and quotes', async () => {
    await phone.bubble('We do, also horns.').click({ button: 'right' })
    await phone.page.getByRole('menuitem', { name: 'React with ❤️' }).click()
    await agent.thread.getByRole('img', { name: `${name} reacted with ❤️` }).waitFor()
    await phone.bubble('We do, also horns.').click({ button: 'right' })
    await phone.page.getByRole('menuitem', { name: 'Answer this message' }).click()
    await phone.write('Even foghorns?')
    await agent.bubble('Even foghorns?').getByText('We do, also horns.').waitFor()
  })
  await step('a voice message can be heard', async () => {
    await phone.screen.getByRole('button', { name: 'Record a voice message' }).click()
    await phone.screen.getByText('Recording').waitFor()
    await until('a second was recorded', () => phone.screen.getByText(/0:0[1-9]/).count())
    await phone.screen.getByRole('button', { name: 'Send voice message' }).click()
    const play = agent.thread.getByRole('button', { name: 'Play voice message' })
    await play.waitFor()
    await until('its length is known', () =>
      agent.thread.locator('audio').evaluate((audio) => audio.readyState > 0 && audio.duration > 0),
    )
  })
  await step('a picture of the customer is shown', async () => {
    const { readFileSync } = await import('node:fs')
    await meta('POST', '/customers/12025550143/messages', {
      type: 'image',
      image: { data: readFileSync(picture).toString('base64'), mime_type: 'image/png', caption: 'This one' },
    })
    await loaded(agent.bubble('This one').locator('img').first())
  })
  await step('a place is shown as a place', async () => {
    await meta('POST', '/customers/12025550143/messages', {
      type: 'location',
      location: { latitude: 53.8655, longitude: 10.6866, name: 'Holstentor' },
    })
    await agent.bubble('Holstentor').waitFor()
  })
  await step('Z takes back what has not left, words and all that it answers', async () => {
    await agent.bubble('Holstentor').hover()
    await agent.thread.getByRole('button', { name: 'Reply to this message' }).last().click()
    await agent.say('Wrong person!')
    await agent.bubble('Leaves in').waitFor()
    await inbox.keyboard.press('Escape')
    await inbox.keyboard.press('z')
    await until('the words are back in the field', async () => (await agent.field.inputValue()) === 'Wrong person!')
    await agent.answer.getByText('Holstentor').waitFor()
    // Both are a draft, which outlives the page.
    await inbox.reload()
    await agent.answer.getByText('Holstentor').waitFor()
    assert.equal(await agent.field.inputValue(), 'Wrong person!')
    await agent.answer.getByRole('button', { name: 'Do not quote' }).click()
    await agent.field.fill('')
    await agent.say('Yes, foghorns too.')
    await phone.bubble('Yes, foghorns too.').waitFor()
    assert.equal(await phone.log.getByText('Wrong person!').count(), 0, 'the customer has not seen it')
  })
  await step('a message that WhatsApp refuses says why', async () => {
    await meta('POST', '/faults', { kind: 'refuse', code: 131026, count: 1, match: { edge: 'messages' } })
    await agent.say('Will this arrive?')
    await agent.bubble('Will this arrive?').getByText('Not delivered.').waitFor()
    await agent.bubble('Will this arrive?').getByRole('button', { name: 'Why?' }).click()
    const why = inbox.getByRole('dialog', { name: 'Why was it not delivered?' })
    await why.getByText('131026').waitFor()
    await why.getByRole('button', { name: 'Close' }).first().click()
    await why.waitFor({ state: 'hidden' })
    await meta('DELETE', '/faults')
  })
})
