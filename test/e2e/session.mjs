// A session ends while somebody writes: the page waits for its person, and what
// was typed is there when they are back.

import { assert, desk, kontor, meta, step, story } from './browser.mjs'

const email = 'agent@house.example'
const password = 'four bicycles by the harbour'
const half = 'Your bicycle is ready, and the bell'

await story(
  'session',
  async ({ inbox, newBrowser }) => {
    const agent = desk(inbox)
    const dialog = inbox.getByRole('dialog')
    await meta('POST', '/clock', { set: 'now' })
    await step('whoever came by a link chooses a password', async () => {
      await inbox.goto(`${kontor}/settings/people`)
      await inbox.getByRole('listitem').filter({ hasText: /you/ }).getByRole('button', { name: /^Change / }).click()
      await inbox.getByRole('menuitem', { name: 'Change role and teams' }).click()
      await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email)
      await dialog.getByRole('button', { name: 'Save changes' }).click()
      await dialog.waitFor({ state: 'detached' })
      await inbox.getByRole('link', { name: /^My account/ }).click()
      await inbox.getByRole('button', { name: 'Choose a password' }).click()
      await dialog.getByRole('textbox', { name: 'New password' }).fill(password)
      await dialog.getByRole('button', { name: 'Save the password' }).click()
      await inbox.getByRole('button', { name: 'Change password' }).waitFor()
    })
    await step('they write half an answer', async () => {
      await meta('POST', '/customers/4915255501286/messages', { type: 'text', text: { body: 'Is it ready?' } })
      await inbox.goto(kontor)
      await agent.open('Katrin Petersen')
      await agent.bubble('Is it ready?').waitFor()
      await agent.field.fill(half)
    })
    await step('another browser ends their session', async () => {
      const elsewhere = await newBrowser('elsewhere')
      await elsewhere.goto(`${kontor}/signin`)
      await elsewhere.getByRole('textbox', { name: 'E-mail' }).fill(email)
      await elsewhere.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
      await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click()
      await elsewhere.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
      await elsewhere.goto(`${kontor}/settings/me`)
      await elsewhere.getByRole('button', { name: 'End all others' }).click()
      await elsewhere.getByRole('dialog').getByRole('button', { name: 'End the others' }).click()
      await elsewhere.getByText('Sessions ended:').waitFor()
    })
    await step('the page asks them to sign in again, and everything is where it was', async () => {
      const place = inbox.url()
      // A line that breaks and comes back asks the server anew.
      await inbox.context().setOffline(true)
      await inbox.context().setOffline(false)
      await dialog.getByText(/^Sign in again, /).waitFor()
      assert.equal(await dialog.getByRole('textbox', { name: 'E-mail' }).inputValue(), email)
      await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
      await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      assert.equal(inbox.url(), place)
      assert.equal(await agent.field.inputValue(), half, 'the draft is kept')
    })
    await step('the answer leaves, and the stream is back', async () => {
      await agent.field.press('End')
      await agent.field.pressSequentially(' is new.')
      await agent.field.press('Enter')
      await agent.ticks(`${half} is new.`, /Delivered|Read/)
    })
  },
  { expected: /^401 |status of 401|ERR_INTERNET_DISCONNECTED|ERR_INCOMPLETE_CHUNKED_ENCODING/ },
)
