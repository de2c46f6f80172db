// An order's messages inside somebody else's system: a page on another origin
// shows them, answers with words and a file, sees the customer answer, outlives
// its token, and a page that is not allowed gets nothing.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { api, assert, context as here, kontor, loaded, meta, picture, shoot, step, story, until } from './browser.mjs'

const phone = '4915155501378'
const customer = 'Jette Claasen'
const order = 'R-3109'

/** A shop's own system: one page with the panel, and the call by which its server makes tokens. */
async function shop() {
  const asked = []
  let life = 900
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop')
    asked.push(pathname)
    if (pathname === '/token') {
      const made = await api('POST', '/panel-tokens', { order, origin: self.listed, expires_in: life })
      response.setHeader('Content-Type', 'text/plain').end(made.token)
    } else if (pathname === '/') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      // A page with a strict policy of its own: the panel needs its script and its frame, and nothing else.
      response.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; script-src 'nonce-page' ${kontor}; frame-src ${kontor}; connect-src 'self'; img-src data:; style-src 'nonce-page'`,
      )
      response.end(`<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="page">
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { display: grid; grid-template-columns: 1fr 27.5rem; gap: 1.25rem; margin: 1.25rem }
  h1 { margin: 0 0 1rem; font-size: 1.75rem }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 0 }
  dd { margin: 0 }
  kontor-panel { border: 1px solid #8888; border-radius: 10px; overflow: hidden }
  @media (width < 48rem) { body { grid-template-columns: minmax(0, 1fr) } }
</style>
<main><h1>Order ${order}</h1><dl><dt>Customer<dd>${customer}<dt>Device<dd>Trekking bicycle<dt>Defect<dd>Bell, rear brake<dt>Technician<dd>Ben Krüger</dl></main>
<script src="${kontor}/embed/embed.js"></script>
<kontor-panel order="${order}" max-height="560"></kontor-panel>
<script nonce="page">
  const panel = document.querySelector('kontor-panel')
  window.said = []
  for (const name of ['kontor-token-expired', 'kontor-sent', 'kontor-error'])
    panel.addEventListener(name, (event) => window.said.push([name, event.detail.reason ?? event.detail.code ?? '']))
  window.renew = () => fetch('/token').then((answer) => answer.text()).then((token) => { panel.token = token })
  window.renew()
</script>`)
    } else response.writeHead(404).end()
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  server.unref() // a story that fails ends all the same
  const origin = `http://localhost:${server.address().port}` // another site than 127.0.0.1
  const self = {
    asked,
    origin,
    /** For which origin its tokens are. */
    listed: origin,
    tokensLast(seconds) {
      life = seconds
    },
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  }
  return self
}

const said = (page, name) => page.evaluate((name) => window.said.filter(([event]) => event === name).map(([, what]) => what), name)

const writes = (message) => meta('POST', `/customers/${phone}/messages`, { profile: { name: customer }, ...message })

/** Texts and captions that the customer's phone shows from the shop. */
async function shown() {
  const { data } = await meta('GET', `/customers/${phone}/messages?direction=outbound`)
  return JSON.stringify(data)
}

// What a refused frame and an ended token write into the console is what they should.
const expected = /frame-ancestors|panel_token|40[13] \w+ .*\/panel|40[13] \((Unauthorized|Forbidden)\)|chrome-error|Refused to frame|Framing '|net::ERR_BLOCKED_BY_RESPONSE/

await story(
  'panel',
  async ({ context }) => {
    const erp = await shop()
    const stranger = await shop()
    await api('PUT', '/panel-origins', { origins: [erp.origin] })
    await api('PUT', `/orders/${order}`, { customer: { phone, name: customer, language: 'en' }, status: 'received' })
    const page = await context.newPage()
    const panel = page.locator('kontor-panel').locator('iframe').contentFrame()
    const log = panel.getByRole('log', { name: 'Messages' })
    const bubble = (words) => log.getByRole('article').filter({ hasText: words }).last()
    const field = panel.getByRole('textbox', { name: `Write to ${customer}` })

    await step('before the customer writes there is a template and no field', async () => {
      await page.goto(erp.origin)
      await panel.getByText('has not written yet').waitFor()
      await bubble('R-3109 is now: received').waitFor()
      await panel.getByRole('button', { name: 'Choose a template' }).click()
      await panel.getByLabel('Template', { exact: true }).selectOption({ label: 'order_status_update · en_US' })
      assert.equal(await panel.getByLabel('Value 1').inputValue(), order, 'the order is filled in')
      await panel.getByLabel('Value 2').fill('on the bench')
      await panel.getByRole('button', { name: 'Send template' }).click()
      await bubble('on the bench').waitFor()
      await until('the phone has it', async () => (await shown()).includes('on the bench'))
    })
    await step('what the customer writes appears by itself, pictures too', async () => {
      await writes({ type: 'text', text: { body: 'The bell is broken as well.' } })
      await bubble('The bell is broken').waitFor()
      await writes({ type: 'image', image: { data: readFileSync(picture).toString('base64'), mime_type: 'image/png', caption: 'See here' } })
      await loaded(bubble('See here').locator('img'))
      await field.waitFor()
    })
    await step('words go out', async () => {
      await field.fill('We have a new one here.')
      await field.press('Enter')
      await bubble('We have a new one here.').waitFor()
      await until('the phone has them', async () => (await shown()).includes('We have a new one here.'))
      assert.equal(await field.inputValue(), '', 'the field is empty for the next answer')
      assert.equal((await said(page, 'kontor-sent')).length, 2)
    })
    await step('a file goes out with its words', async () => {
      await panel.locator('input[type=file]').setInputFiles({ name: 'estimate.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
      await field.fill('The estimate')
      await panel.getByRole('button', { name: 'Send', exact: true }).click()
      await bubble('The estimate').getByText('estimate.pdf').waitFor()
      await until('the phone has it', async () => (await shown()).includes('estimate.pdf'))
    })
    await step('a document is saved and not opened', async () => {
      const [saved] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Save estimate.pdf' }).click()])
      assert.equal(saved.suggestedFilename(), 'estimate.pdf')
      assert.match(readFileSync(await saved.path(), 'utf8'), /^%PDF/)
    })
    await step('it looks like this', async () => {
      for (const [width, height] of [[1440, 900], [390, 844]]) {
        await page.setViewportSize({ width, height })
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          await bubble('estimate.pdf').waitFor()
          await shoot(page, `panel-${width}-${colorScheme}`)
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    })
    await step('a file that WhatsApp does not take says so and the words stay', async () => {
      await field.fill('Kept')
      await panel.locator('input[type=file]').setInputFiles({ name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') })
      await panel.getByRole('alert').filter({ hasText: 'does not take exe files' }).waitFor()
      assert.equal(await field.inputValue(), 'Kept')
    })
    await step('nothing in the frame stands between anybody and their work', async () => {
      for (const theme of ['light', 'dark']) {
        await page.evaluate((theme) => document.querySelector('kontor-panel').setAttribute('theme', theme), theme)
        const frame = page.frames().find((one) => one.url().includes('/embed/panel/'))
        await until('the theme is there', () => frame.evaluate((theme) => document.documentElement.dataset.theme === theme, theme))
        await frame.evaluate(here.axe)
        const { violations } = await frame.evaluate(() => window.axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } }))
        assert.deepEqual(violations.map(({ id }) => id), [], theme)
      }
    })

    await step('a token ends: the draft stays, and what is sent meanwhile goes with the next', async () => {
      erp.tokensLast(5)
      await page.reload()
      await field.fill('Kept over the end of the token')
      erp.tokensLast(900)
      const token = await page.evaluate(() => document.querySelector('kontor-panel').token)
      await until('the page is asked for a new one', async () => (await said(page, 'kontor-token-expired')).includes('expiring'))
      await until('the old one has ended', async () => {
        const headers = { Authorization: `Bearer ${token}`, 'X-Kontor-Panel-Origin': erp.origin }
        return (await fetch(`${kontor}/api/v1/whatsapp/panel`, { headers })).status === 401
      })
      assert.equal(await field.inputValue(), 'Kept over the end of the token')
      await field.press('Enter')
      await panel.getByText('This page is signing you in anew.').waitFor()
      assert.ok(!(await shown()).includes('over the end'), 'nothing left with the ended token')
      await page.evaluate(() => window.renew())
      await bubble('Kept over the end of the token').waitFor()
      await panel.getByText('This page is signing you in anew.').waitFor({ state: 'detached' })
    })
    await step('the customer answers, and it is still live', async () => {
      await writes({ type: 'text', text: { body: 'Thank you!' } })
      await bubble('Thank you!').waitFor()
    })

    await step('under the name of another order nothing is shown, and nobody writes to the wrong customer', async () => {
      const name = (id) => page.evaluate((id) => document.querySelector('kontor-panel').setAttribute('order', id), id)
      await name('R-9999')
      await panel.getByText('The page means order R-9999').waitFor()
      assert.equal(await log.count() + (await field.count()), 0, 'neither messages nor a field')
      assert.ok((await said(page, 'kontor-error')).includes('panel_other_order'))
      await name(order)
      await bubble('Thank you!').waitFor()
    })
    await step('when its page is taken from the list, what it showed is gone', async () => {
      await api('PUT', '/panel-origins', { origins: [] })
      // Anything that happens to the order makes the panel look anew.
      await api('PUT', `/orders/${order}`, { customer: { phone, name: customer, language: 'en' }, status: 'received', fields: { defect: 'bell' } })
      await panel.getByText('This page may no longer show messages.').waitFor()
      assert.equal(await log.count(), 0)
      assert.ok((await said(page, 'kontor-error')).includes('panel_origin_refused'))
      await api('PUT', '/panel-origins', { origins: [erp.origin] })
      await panel.getByRole('button', { name: 'Try again' }).click()
      await bubble('Thank you!').waitFor()
    })

    await step('a page that is not in the list gets no token, and no frame with somebody else’s', async () => {
      const refused = await fetch(`${kontor}/api/v1/whatsapp/panel-tokens`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.E2E_KEY}` },
        body: JSON.stringify({ order, origin: stranger.origin }),
      })
      assert.equal((await refused.json()).code, 'panel_origin_unlisted')
      stranger.listed = erp.origin // a token that was meant for the other page
      const elsewhere = await context.newPage()
      await elsewhere.goto(stranger.origin)
      await elsewhere.locator('kontor-panel').getByRole('alert').waitFor()
      assert.deepEqual(await said(elsewhere, 'kontor-error'), ['panel_unreachable'])
      await elsewhere.close()
    })
    await step('the token was in no address', async () => {
      const token = await page.evaluate(() => document.querySelector('kontor-panel').token)
      const secret = token.split('_').at(-1)
      for (const frame of page.frames()) assert.ok(!frame.url().includes(secret), 'not in the frame’s')
    })
    await step('the app itself is framed by nobody', async () => {
      const answer = await fetch(`${kontor}/`)
      assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/)
    })
    await api('DELETE', `/orders/${order}`).catch(() => {}) // answers 204 without a body
    await page.close()
    await erp.close()
    await stranger.close()
  },
  { expected },
)
