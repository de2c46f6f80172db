// Both pages on a phone: 390 px wide, one thing at a time.

import { assert, desk, fits, meta, phonePage, shoot, step, story } from './browser.mjs'

await story(
  'narrow',
  async ({ context, inbox }) => {
    const agent = desk(inbox)
    const name = 'João Baptista'
    await step('the list comes first', async () => {
      await agent.find(name)
      await fits(inbox)
      await shoot(inbox, 'inbox-390-list')
    })
    await step('its tabs fit, in the language with the longest words too', async () => {
      async function speak(language) {
        await inbox.evaluate((language) => localStorage.setItem('kontor.language', language), language)
        await inbox.reload()
      }
      await speak('pt-BR')
      const tabs = inbox.getByRole('tablist')
      await tabs.getByRole('tab', { name: /^Fechadas \d/ }).waitFor()
      const [inside, row] = await tabs.evaluate((list) => [list.scrollWidth, list.clientWidth])
      assert.ok(inside <= row, `the tabs are ${inside} px wide in a row of ${row} px`)
      await speak('en')
      await agent.find(name)
    })
    await step('a conversation covers it', async () => {
      await agent.open(name)
      await agent.bubble('Shall we come and fetch it?').waitFor()
      await fits(inbox)
      await agent.say('See you tomorrow!')
      await shoot(inbox, 'inbox-390-thread')
    })
    const phone = await phonePage(context, '+551155500177', name)
    const { page } = phone
    await step('the phones are there too', async () => {
      await page.getByRole('combobox', { name: 'Phone' }).selectOption('551155500177')
      await phone.bubble('See you tomorrow!').waitFor()
      await fits(page)
      await shoot(page, 'sandbox-390')
    })
    await step('and the way back leads to the list', async () => {
      await inbox.getByRole('link', { name: 'Back to the list' }).click()
      await (await agent.find(name)).filter({ hasText: 'See you tomorrow!' }).waitFor()
      assert.equal(new URL(inbox.url()).pathname, '/')
      await meta('POST', '/customers/551155500177/messages', { type: 'text', text: { body: 'Até amanhã!' } })
      await agent.row(name).filter({ hasText: 'Até amanhã!' }).waitFor()
    })
  },
  { width: 390, height: 844 },
)
