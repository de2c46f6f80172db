// After a restart: the new link opens the same inbox, and the phones show what
// they showed.

import { desk, loaded, phonePage, step, story } from './browser.mjs'

await story('again', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const name = 'João Baptista'
  await step('the conversation is there, with its picture', async () => {
    await agent.open(name)
    await agent.bubble('Até amanhã!').waitFor()
    await agent.thread.hover()
    await inbox.mouse.wheel(0, -10_000)
    await agent.bubble('flat tyre').waitFor()
    await loaded(agent.bubble('Like this one').locator('img').first())
  })
  const phone = await phonePage(context, '+551155500177', name)
  await step('the phone shows it too, and both go on', async () => {
    await phone.bubble('Até amanhã!').waitFor()
    await agent.say('Here we are again.')
    await phone.bubble('Here we are again.').waitFor()
    await agent.ticks('Here we are again.', 'Read')
  })
})
