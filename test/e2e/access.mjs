// Every page in both themes through axe: nothing serious or critical may stand
// between anybody and their work. At 1440 and at 390 px.

import { assert, desk, findings, kontor, sandbox, step, story, until } from './browser.mjs'

const pages = [
  ['inbox', `${kontor}/`, (page) => page.getByRole('link', { name: /João/ }).waitFor()],
  ['attention', `${kontor}/attention`, (page) => page.getByRole('tab', { name: /^Held/ }).waitFor()],
  ['failed', `${kontor}/attention?status=failed`, (page) => page.getByRole('link', { name: /^Open the conversation/ }).first().waitFor()],
  ['account', `${kontor}/settings/me`, (page) => page.getByText('Where you are signed in').last().waitFor()],
  ['people', `${kontor}/settings/people`, (page) => page.getByRole('list', { name: 'People' }).waitFor()],
  ['teams', `${kontor}/settings/teams`, (page) => page.getByRole('heading', { level: 2, name: 'Teams' }).waitFor()],
  ['numbers', `${kontor}/settings/numbers`, (page) => page.getByText('Messages today').waitFor()],
  ['orders', `${kontor}/orders`, (page) => page.getByRole('link', { name: /^R-2402/ }).waitFor()],
  ['order', `${kontor}/orders/R-2402`, (page) => page.getByRole('log').getByRole('article').first().waitFor()],
  ['order settings', `${kontor}/settings/orders`, (page) => page.getByRole('button', { name: /^ready for pickup/ }).waitFor()],
  ['webhooks', `${kontor}/settings/webhooks`, (page) => page.getByText('Nobody is told yet.').waitFor()],
  ['keys', `${kontor}/settings/keys`, (page) => page.getByRole('heading', { name: 'API keys' }).waitFor()],
  ['signin', `${kontor}/signin`, (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  ['nowhere', `${kontor}/nowhere`, (page) => page.getByText('There is no page at this address.').waitFor()],
  ['sandbox', sandbox, (page) => page.getByRole('log').first().waitFor()],
]

await story('access', async ({ inbox }) => {
  const bad = []
  // A page is left when it has its answers, so that none is broken off; the live streams never end.
  const asked = new Set()
  inbox.on('request', (request) => /\/events/.test(request.url()) || asked.add(request))
  for (const ended of ['requestfinished', 'requestfailed']) inbox.on(ended, (request) => asked.delete(request))
  async function check(what) {
    await until('everything is answered', () => asked.size === 0)
    for (const found of await findings(inbox)) bad.push(`${what}: ${found}`)
  }
  for (const colorScheme of ['light', 'dark']) {
    await inbox.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [name, url, ready] of pages) {
      await step(`${name}, ${colorScheme}`, async () => {
        await inbox.goto(url)
        await ready(inbox)
        await check(`${name} ${colorScheme}`)
      })
    }
    await step(`a conversation and a question, ${colorScheme}`, async () => {
      await inbox.goto(`${kontor}/`)
      await desk(inbox).open('Katrin Petersen')
      await desk(inbox).thread.getByRole('article').first().waitFor()
      await check(`conversation ${colorScheme}`)
      await inbox.goto(`${kontor}/settings/webhooks`)
      await inbox.getByRole('button', { name: 'Add an address' }).click()
      await inbox.getByRole('dialog').waitFor()
      await check(`dialog ${colorScheme}`)
      await inbox.goto(sandbox)
      await inbox.getByRole('button', { name: /^Templates/ }).click()
      await inbox.getByRole('button', { name: /order_update/ }).first().click()
      await check(`templates ${colorScheme}`)
    })
  }
  await inbox.setViewportSize({ width: 390, height: 844 })
  for (const [name, url, ready] of pages.slice(0, 8)) {
    await step(`${name}, narrow`, async () => {
      await inbox.goto(url)
      await ready(inbox)
      await check(`${name} narrow`)
    })
  }
  assert.deepEqual(bad, [], 'axe found something serious')
})
