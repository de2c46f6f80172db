// Somebody looks at every page of a house in which people work: in both themes,
// wide and narrow, in every language, with everything opened that can be opened.

import { createServer } from 'node:http'
import { another, api, assert, kontor, meta, sandbox, shoot, step, story } from './browser.mjs'
import { furnish, people } from './house.mjs'
import { Findings, look, lookAt, settling, tooWide, widths } from './looking.mjs'
import { addressOf, covers, pages } from './pages.mjs'

const languages = ['de', 'pt-BR', 'zh-CN']

/** A program of the shop's that is told what happens. */
async function shop() {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(204).end()
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  server.unref()
  return `http://127.0.0.1:${server.address().port}/hooks`
}

await story(
  'looks',
  async ({ inbox, newBrowser }) => {
    const found = new Findings()
    await step('people work for some hours', async () => {
      await api('POST', '/subscriptions', { url: await shop(), dialect: 'kontor', name: 'Shop' })
      const ben = await another()
      await furnish(inbox, ben.page)
      await ben.close()
      // Half written, and left.
      const { conversation_id } = await api('GET', `/conversations/${people.peter.phone}`)
      await inbox.evaluate(async (id) => {
        const { person } = await (await fetch('/api/v1/whatsapp/me')).json()
        localStorage.setItem(`kontor.draft.${person.person_id}.${id}`, 'Der Kostenvoranschlag liegt bei')
      }, conversation_id)
    })
    const guest = await newBrowser('guest')
    const settled = new Map([inbox, guest].map((page) => [page, settling(page)]))
    /** Opens a page, and answers where it stands. */
    async function go(page) {
      const window = page.guest ? guest : inbox
      await window.goto(kontor + (await addressOf(page)))
      if (page.words) await window.getByText(page.words).first().waitFor({ state: 'attached' })
      await settled.get(window)()
      return window
    }

    for (const page of pages) {
      await step(page.name, async () => look(await go(page), page.name, found))
    }
    for (const { on, name, open, wide } of covers) {
      await step(`${name}, on ${on}`, async () => {
        for (const [width, height] of wide ? widths.slice(0, 1) : [...widths, [320, 640]]) {
          await inbox.setViewportSize({ width, height })
          await go(pages.find((page) => page.name === on))
          await open(inbox)
          await settled.get(inbox)()
          if (width === 320) found.add(`${name}, 320 px`, await tooWide(inbox))
          else await lookAt(inbox, name, [width, height], found)
        }
      })
    }
    await inbox.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await step('every page with text twice as large', async () => {
      const large = await newBrowser('large', 32)
      await large.context().addCookies(await inbox.context().cookies())
      await large.setViewportSize({ width: 1280, height: 800 })
      const ready = settling(large)
      for (const page of pages.filter(({ guest }) => !guest)) {
        await large.goto(kontor + (await addressOf(page)))
        await ready()
        assert.equal(await large.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px')
        found.add(`${page.name}, text of 200 %`, await tooWide(large))
      }
    })
    await step('the phones', async () => {
      await inbox.setViewportSize({ width: 1440, height: 900 })
      await inbox.goto(sandbox)
      await inbox.getByRole('log').first().waitFor()
      await settled.get(inbox)()
      await look(inbox, 'sandbox', found)
      await inbox.getByRole('button', { name: /^Templates/ }).click()
      await inbox.getByRole('button', { name: /order_update/ }).first().click()
      await settled.get(inbox)()
      await look(inbox, 'sandbox-templates', found)
    })
    for (const language of languages) {
      await step(`every page in ${language}`, async () => {
        for (const window of [inbox, guest]) {
          await window.goto(`${kontor}/forgot`)
          await window.evaluate((language) => localStorage.setItem('kontor.language', language), language)
        }
        for (const page of pages) {
          const window = await go(page)
          assert.equal(await window.evaluate(() => document.documentElement.lang), language)
          for (const [width, height] of [...widths, [320, 640]]) {
            await window.setViewportSize({ width, height })
            found.add(`${page.name}, ${width} px, ${language}`, await tooWide(window))
            if (width !== 320) await shoot(window, `${page.name}-${width}-${language}`, process.env.KONTOR_TEST_LANGUAGES)
          }
        }
      })
    }
    await meta('POST', '/clock', { set: 'now' })
    found.none()
  },
  // Links that open nothing any more are refused, and so is a guest who is asked for.
  { expected: /(400|401|404|409|410|422) .*\/(invitations|me|password|setup|signin)|status of 4\d\d/ },
)
