// What the stories share: a browser that notices every error, and the words in
// which the stories speak of the two pages.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const web = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = web('playwright-core')

const { E2E_CHROMIUM, E2E_OTHER, E2E_SIGNIN, E2E_KONTOR, E2E_SANDBOX, E2E_KEY, E2E_DIR, E2E_PICTURE } = process.env
const shots = process.env.KONTOR_TEST_SCREENSHOTS ?? ''

export { assert }
export const kontor = E2E_KONTOR
export const sandbox = E2E_SANDBOX
export const picture = E2E_PICTURE

/** What is injected into pages. */
export const context = {
  get axe() {
    return readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8')
  },
}

/** How long a story waits for what must happen, in milliseconds. */
const patience = 30_000

const launching = {
  executablePath: E2E_CHROMIUM,
  headless: true,
  locale: 'en-US',
  colorScheme: 'light',
  reducedMotion: 'reduce',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
}

/**
 * A browser of its own, with what it needs to be watched like the first. `fontSize` is the one that its person has
 * chosen in the browser's settings, in px.
 */
async function browser(profile, viewport, troubles, fontSize = 16) {
  if (fontSize !== 16) {
    mkdirSync(join(E2E_DIR, profile, 'Default'), { recursive: true })
    writeFileSync(
      join(E2E_DIR, profile, 'Default', 'Preferences'),
      JSON.stringify({ webkit: { webprefs: { default_font_size: fontSize } } }),
    )
  }
  const context = await chromium.launchPersistentContext(join(E2E_DIR, profile), { ...launching, viewport })
  context.setDefaultTimeout(patience)
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`violates the policy ${event.violatedDirective}: ${event.blockedURI}`)
    })
  })
  context.on('page', (page) => watch(page, troubles))
  for (const page of context.pages()) watch(page, troubles)
  return context
}

/**
 * Plays one story in a fresh browser with the inbox signed in. Errors on a page's console, uncaught errors,
 * violations of the Content-Security-Policy and answers of 400 and above all fail it, but those whose words
 * match `expected`. With `signedIn: false` nobody is in when it begins.
 */
export async function story(name, tell, { width = 1440, height = 900, expected = /^$/, signedIn = true } = {}) {
  const began = Date.now()
  const troubles = []
  const context = await browser('profile', { width, height }, troubles)
  const contexts = [context]
  /** The first page of another browser, which knows nothing of the first. */
  async function newBrowser(profile, fontSize) {
    contexts.push(await browser(profile, { width, height }, troubles, fontSize))
    return contexts.at(-1).pages()[0] ?? (await contexts.at(-1).newPage())
  }
  const told = { context, troubles, newBrowser, inbox: context.pages()[0] ?? (await context.newPage()) }
  watch(told.inbox, troubles)
  try {
    if (signedIn) await signIn(told.inbox)
    await tell(told)
    const unexpected = troubles.filter((trouble) => !expected.test(trouble))
    assert.deepEqual(unexpected, [], 'the pages had troubles')
    console.log(`${name}: told in ${Date.now() - began} ms`)
  } catch (error) {
    process.exitCode = 1
    console.error(error)
    for (const [place, page] of contexts.flatMap((each) => each.pages()).entries()) {
      await shoot(page, `failed-${name}-${place}`).catch(() => {})
      console.error(`--- page ${place}: ${page.url()}\n${await page.locator('body').ariaSnapshot().catch(String)}`)
    }
    if (troubles.length > 0) console.error('troubles:', troubles)
  } finally {
    for (const each of contexts) await each.close()
  }
}

const watched = new WeakSet()

function watch(page, troubles) {
  if (watched.has(page)) return
  watched.add(page)
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      troubles.push(`console of ${page.url()}: ${message.text()} ${message.location().url}`)
    }
  })
  page.on('pageerror', (error) => troubles.push(`uncaught on ${page.url()}: ${error.stack}`))
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
}

/** Another person of the house, Ben Krüger, at a machine of his own. */
export async function another() {
  const browser = await chromium.launch({
    executablePath: E2E_CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  await signIn(page, E2E_OTHER)
  return { page, close: () => browser.close() }
}

async function signIn(page, link = E2E_SIGNIN) {
  await page.goto(link)
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/', 'the link opens the inbox')
  assert.ok(!page.url().includes('token'), 'the token does not stay in the address')
}

/** One part of a story, told in the log. */
export async function step(what, act) {
  const began = Date.now()
  try {
    const result = await act()
    console.log(`  ${what} (${Date.now() - began} ms)`)
    return result
  } catch (error) {
    throw new Error(`${what}: ${error.message}`, { cause: error })
  }
}

/** Waits until nothing on a page moves or changes its colour. */
async function still(page) {
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}

/** A picture of a page, when somebody asked for them by naming a folder. */
export async function shoot(page, name, folder = shots) {
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await still(page)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** Waits until a condition holds that no locator can express. */
export async function until(what, condition) {
  const end = Date.now() + patience
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Waits until a picture has really been loaded and drawn. */
export async function loaded(image) {
  await image.waitFor()
  await image.scrollIntoViewIfNeeded()
  await until('the picture is loaded', () => image.evaluate((element) => element.complete && element.naturalWidth > 0))
}

/** The page must not be wider than the window. */
export async function fits(page) {
  const [inside, window] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth])
  assert.ok(inside <= window, `the page is ${inside} px wide in a window of ${window} px`)
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds serious or critical on a page as it stands. */
export async function findings(page) {
  // What fades in has another contrast until it is there.
  await still(page)
  await page.evaluate(context.axe)
  // What a closed list of choices offers is the platform's to show, and there are hundreds of times and zones.
  const { violations } = await page.evaluate(
    (tags) => window.axe.run({ exclude: [['option']] }, { runOnly: { type: 'tag', values: tags } }),
    wcag,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)
}

/** A picture of the page at both widths and in both themes, and what axe says of it in either theme. */
export async function look(page, what) {
  const bad = []
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await shoot(page, `${what}-${width}-${colorScheme}`)
      for (const found of width === 1440 ? await findings(page) : []) bad.push(`${what} ${width} ${colorScheme}: ${found}`)
      await fits(page)
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  assert.deepEqual(bad, [], 'axe found something serious')
}

async function ask(base, method, path, body, headers = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`)
  return answer.json()
}

/** The sandbox's control API. */
export const meta = (method, path, body) => ask(E2E_SANDBOX, method, `/sandbox${path}`, body)

/** The product's REST API. */
export const api = (method, path, body) =>
  ask(E2E_KONTOR, method, `/api/v1/whatsapp${path}`, body, { Authorization: `Bearer ${E2E_KEY}` })

// --- the sandbox's page ------------------------------------------------------

/** Opens the phones in a tab of their own, with one person's among them. */
export async function phonePage(context, phone, name) {
  const page = await context.newPage()
  await page.goto(sandbox)
  await page.getByRole('heading', { name: 'Sandbox' }).waitFor()
  await page.getByRole('log').first().waitFor()
  if (await phoneOf(page, name).screen.isVisible()) return phoneOf(page, name)
  await page.getByRole('button', { name: 'Add phone' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Phone number').fill(phone)
  await dialog.getByLabel('Name (optional)').fill(name)
  await dialog.getByRole('button', { name: 'Add phone' }).click()
  // On a narrow screen there is one phone at a time.
  const choice = page.getByRole('combobox', { name: 'Phone', exact: true })
  if (await choice.isVisible()) await choice.selectOption(phone.replace(/\D/g, ''))
  await phoneOf(page, name).screen.waitFor()
  return phoneOf(page, name)
}

/** One phone on the page. */
export function phoneOf(page, name) {
  const screen = page.getByRole('region', { name, exact: true })
  const log = screen.getByRole('log')
  return {
    page,
    screen,
    log,
    /** The bubble with these words. */
    bubble: (words) => log.getByRole('article').filter({ hasText: words }).last(),
    async write(text) {
      await screen.getByRole('textbox', { name: 'Message' }).fill(text)
      await screen.getByRole('textbox', { name: 'Message' }).press('Enter')
      await log.getByRole('article', { name: 'You' }).filter({ hasText: text }).last().waitFor()
    },
  }
}

// --- the inbox ---------------------------------------------------------------

/** The inbox, as an agent speaks of it. */
export function desk(page) {
  const list = page.getByRole('region', { name: 'Conversations' })
  const thread = page.getByRole('region', { name: 'Messages', exact: true })
  const answer = page.getByRole('region', { name: 'Answer' })
  return {
    page,
    list,
    thread,
    answer,
    field: answer.getByRole('textbox', { name: /^Write to/ }),
    row: (name) => list.getByRole('link').filter({ hasText: name }),
    /** The newest bubble with these words. */
    bubble: (words) => thread.getByRole('article').filter({ hasText: words }).last(),
    /** The row of somebody, wherever in the list: rows far from what is seen are not in the page. */
    async find(name) {
      const row = list.getByRole('link').filter({ hasText: name })
      for (let n = 0; n < 40; n++) {
        try {
          await row.waitFor({ timeout: 250 })
          return row
        } catch {
          await list.getByRole('tabpanel').hover()
          await page.mouse.wheel(0, 300)
        }
      }
      throw new Error(`${name} is nowhere in the list`)
    },
    async open(name) {
      await (await this.find(name)).click()
      await page.getByRole('heading', { level: 2, name }).waitFor()
    },
    async say(text) {
      await answer.getByRole('textbox', { name: /^Write to/ }).fill(text)
      await page.keyboard.press('Enter')
      await thread.getByRole('article').filter({ hasText: text }).last().waitFor()
    },
    /** Waits until our message with these words has come so far: Sent, Delivered, Read. */
    ticks: (words, state) =>
      thread.getByRole('article').filter({ hasText: words }).filter({ hasText: state }).last().waitFor(),
  }
}
