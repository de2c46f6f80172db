// Programs get their keys and are told of what happens: a key, an outgoing
// webhook whose signature is checked as the page says, its log, a new secret.

import { createServer } from 'node:http'
import { assert, desk, fits, kontor, meta, shoot, step, story, until } from './browser.mjs'

/** A receiver that checks signatures with the very code that the page shows. */
async function receiver() {
  const came = []
  let answer = 204
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      came.push({ headers: request.headers, body: Buffer.concat(parts) })
      response.writeHead(answer).end()
    })
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  server.unref() // a story that fails ends all the same
  return {
    came,
    url: `http://127.0.0.1:${server.address().port}/hooks`,
    answerWith(status) {
      answer = status
    },
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  }
}

await story('settings', async ({ inbox }) => {
  const agent = desk(inbox)
  const shop = await receiver()
  await meta('POST', '/clock', { set: 'now' })
  await inbox.getByRole('link', { name: 'Settings' }).click()
  await step('a number shows what it may send', async () => {
    await inbox.getByRole('link', { name: /^Numbers/ }).click()
    await inbox.getByRole('heading', { name: 'Numbers' }).waitFor()
    await inbox.getByText('Messages today').waitFor()
    await inbox.getByText('Sends.').waitFor()
  })
  await step('a key is made, shown once, works, and is revoked', async () => {
    await inbox.getByRole('link', { name: /^API keys/ }).click()
    await inbox.getByRole('button', { name: 'Make a key' }).click()
    const dialog = inbox.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Shop')
    await dialog.getByRole('button', { name: 'Make key' }).click()
    const key = await dialog.getByLabel('Key', { exact: true }).inputValue()
    const asks = () => fetch(`${kontor}/api/v1/whatsapp/me`, { headers: { Authorization: `Bearer ${key}` } })
    assert.equal((await asks()).status, 200, 'the key opens')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await inbox.getByRole('button', { name: 'Revoke Shop' }).click()
    await inbox.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click()
    await inbox.getByText('Revoked: Shop').waitFor() // the button has no role as long as the dialog is open
    await inbox.getByRole('button', { name: 'Revoke Shop' }).waitFor({ state: 'detached' })
    assert.equal((await asks()).status, 401, 'a revoked key opens no more')
  })

  let genuine
  await step('an empty list teaches, and an address is added', async () => {
    await inbox.getByRole('link', { name: /^Webhooks/ }).click()
    await inbox.getByText('Nobody is told yet.').waitFor()
    const sample = await inbox.locator('pre').innerText()
    await inbox.getByRole('button', { name: 'Add an address' }).click()
    const dialog = inbox.getByRole('dialog')
    await dialog.getByLabel('Address').fill(shop.url)
    await dialog.getByLabel('Name (optional)').fill('Shop')
    await dialog.getByRole('button', { name: 'Add address' }).click()
    process.env.WEBHOOK_SECRET = await dialog.getByLabel('Secret for the signature').inputValue()
    genuine = (await import(`data:text/javascript,${encodeURIComponent(sample)}`)).genuine
    await dialog.getByRole('button', { name: 'Done' }).click()
    await inbox.getByRole('heading', { name: 'Shop' }).waitFor()
  })
  await step('a test event arrives, signed as the sample checks it', async () => {
    await inbox.getByRole('button', { name: 'Send a test event' }).click()
    await inbox.getByText('The test event was taken.').waitFor()
    const { headers, body } = shop.came.at(-1)
    assert.ok(genuine(headers, body), 'the signature is genuine')
    assert.ok(!genuine(headers, Buffer.concat([body, Buffer.from(' ')])), 'another body is not')
  })
  await step('what happens is told, and stands in the log with its body', async () => {
    await meta('POST', '/customers/12025550143/messages', { type: 'text', text: { body: 'Told to the shop' } })
    await until('the shop was told', () => shop.came.some(({ body }) => body.includes('Told to the shop')))
    await inbox.getByLabel('Event', { exact: true }).selectOption('message.received')
    const row = inbox.getByRole('list', { name: 'Deliveries, newest first' }).getByRole('listitem').first()
    await row.getByRole('button', { name: /message\.received/ }).click()
    await row.getByText('Told to the shop').waitFor()
    const before = shop.came.length
    await row.getByRole('button', { name: 'Tell again' }).click()
    await until('it was told again', () => shop.came.slice(before).some(({ body }) => body.includes('Told to the shop')))
    await shoot(inbox, 'webhooks')
  })
  await step('an address that refuses says so', async () => {
    shop.answerWith(503)
    await inbox.getByRole('button', { name: 'Send a test event' }).click()
    await inbox.getByText('The address answered, but not with a success.').first().waitFor()
    shop.answerWith(204)
  })
  await step('a new secret counts beside the old one', async () => {
    await inbox.getByRole('button', { name: 'New secret' }).click()
    const dialog = inbox.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Make a new secret' }).click()
    const fresh = await dialog.getByLabel('Secret for the signature').inputValue()
    assert.notEqual(fresh, process.env.WEBHOOK_SECRET)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await inbox.getByText('the one before counts until').waitFor()
    await inbox.getByRole('button', { name: 'Send a test event' }).click()
    await inbox.getByText('The test event was taken.').waitFor()
    const { headers, body } = shop.came.at(-1)
    assert.ok(genuine(headers, body), 'the old secret still checks')
    assert.equal(headers['webhook-signature'].split(' ').length, 2, 'both secrets sign')
  })
  await fits(inbox)
  await step('it is deleted, and the inbox is where it was', async () => {
    await inbox.getByRole('button', { name: 'Delete', exact: true }).click()
    await inbox.getByRole('dialog').getByRole('button', { name: 'Delete the address' }).click()
    await inbox.getByText('Nobody is told yet.').waitFor()
    await inbox.getByRole('link', { name: /Inbox$/ }).click()
    await agent.row('Amara Okafor').filter({ hasText: 'Told to the shop' }).waitFor()
  })
  await shop.close()
})
