// What the people of a large house wait for: 10,000 conversations, and one of
// 100,000 messages. It prints figures, "metric NAME VALUE", and fails only when
// a page has more elements than it shows.

import { assert, desk, kontor, step, story, until } from './browser.mjs'

const runs = 9
const most = { elements: 3_000, articles: 80, rows: 40 }

const metric = (name, value) => console.log(`metric ${name} ${Number(value.toFixed(1))}`)
const sorted = (values) => values.toSorted((a, b) => a - b)
const median = (values) => sorted(values)[Math.floor(values.length / 2)]

/**
 * In the page, from its very beginning: when the first row of the list is there, presses J until the page follows, and
 * notes both moments since the navigation.
 */
function stopwatch() {
  window.stopwatch = {}
  const look = () => {
    const at = performance.now()
    if (!window.stopwatch.rows && document.querySelector('section ul li a')) window.stopwatch.rows = at
    if (window.stopwatch.rows) {
      if (location.pathname.startsWith('/c/')) {
        window.stopwatch.answers = at
        return
      }
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true }))
    }
    requestAnimationFrame(look)
  }
  if (location.pathname === '/') requestAnimationFrame(look)
}

/** In the page: what happens in each frame from now on, until `end` is called. */
function watchFrames(selector, rowSelector) {
  const scroller = document.querySelector(selector)
  const frames = []
  let blank = 0
  let elements = 0
  let rows = 0
  let last = performance.now()
  let going = true
  const look = () => {
    const now = performance.now()
    frames.push(now - last)
    last = now
    const { top, bottom } = scroller.getBoundingClientRect()
    // Three heights of the pane: is there a row, or nothing yet?
    const shown = [...scroller.querySelectorAll(rowSelector)].map((row) => row.getBoundingClientRect())
    const covers = (y) => shown.some((row) => row.top <= y && row.bottom >= y)
    if (![0.2, 0.5, 0.8].every((share) => covers(top + (bottom - top) * share))) blank++
    rows = Math.max(rows, shown.length)
    elements = Math.max(elements, document.getElementsByTagName('*').length)
    if (going) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  window.watched = {
    end: () => {
      going = false
      return { frames, blank, elements, rows }
    },
  }
}

/** Turns the wheel for so long over a pane, and tells what the frames were like. */
async function scroll(page, pane, { selector, row, by, seconds }) {
  await pane.hover()
  await page.evaluate(`(${watchFrames})(${JSON.stringify(selector)}, ${JSON.stringify(row)})`)
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) await page.mouse.wheel(0, by)
  const seen = await page.evaluate(() => window.watched.end())
  return { ...seen, slow: seen.frames.filter((frame) => frame > 50).length, worst: Math.max(...seen.frames), fps: (1000 * seen.frames.length) / seen.frames.reduce((a, b) => a + b, 0) }
}

await story('scale', async ({ inbox, context }) => {
  await inbox.getByRole('tab', { name: /^All/ }).click()
  await inbox.getByText('Nora Lindqvist').first().waitFor()
  const cdp = await context.newCDPSession(inbox)
  await cdp.send('Performance.enable')
  const heap = async () => {
    await cdp.send('HeapProfiler.collectGarbage')
    const { metrics } = await cdp.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 2 ** 20
  }

  for (const [name, cold] of [['warm', false], ['cold', true]]) {
    await step(`from the address to the inbox, ${name}`, async () => {
      const times = { rows: [], answers: [], answered: [] }
      for (let run = 0; run < runs; run++) {
        const page = await context.newPage()
        await page.addInitScript(stopwatch)
        if (cold) {
          const session = await context.newCDPSession(page)
          await session.send('Network.enable')
          await session.send('Network.setCacheDisabled', { cacheDisabled: true })
        }
        await page.goto(kontor)
        await until('the list answers to keys', () => page.evaluate(() => window.stopwatch.answers))
        const { rows, answers, slowest } = await page.evaluate(() => ({
          ...window.stopwatch,
          slowest: Math.max(...performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/')  && !name.includes('/events')).map(({ responseStart, requestStart }) => responseStart - requestStart)),
        }))
        times.rows.push(rows)
        times.answers.push(answers)
        times.answered.push(slowest)
        await page.close()
      }
      metric(`${name}-rows-ms`, median(times.rows))
      metric(`${name}-interactive-ms`, median(times.answers))
      metric(`${name}-interactive-worst-ms`, Math.max(...times.answers))
      metric(`${name}-slowest-call-ms`, median(times.answered))
    })
  }

  const agent = desk(inbox)
  await step('the list of 10,000', async () => {
    const seen = await scroll(inbox, agent.list, { selector: 'section[aria-label=Conversations] [role=tabpanel] > div', row: 'li', by: 900, seconds: 8 })
    metric('list-fps', seen.fps)
    metric('list-frames-over-50ms', seen.slow)
    metric('list-worst-frame-ms', seen.worst)
    metric('list-blank-frames', seen.blank)
    metric('list-elements', seen.elements)
    assert.ok(seen.rows <= most.rows, `${seen.rows} rows exist at once`)
    assert.ok(seen.elements <= most.elements, `${seen.elements} elements exist at once`)
  })
  await step('the conversation of 100,000', async () => {
    await inbox.goto(kontor)
    await agent.row('Nora Lindqvist').waitFor()
    const before = await heap()
    const opened = await inbox.evaluate(async () => {
      const row = [...document.querySelectorAll('section ul li a')].find((each) => each.textContent.includes('Nora Lindqvist'))
      const began = performance.now()
      row.click()
      while (!document.querySelector('section[aria-label=Messages] article')) await new Promise(requestAnimationFrame)
      return performance.now() - began
    })
    metric('thread-open-ms', opened)
    const top = () => agent.thread.evaluate((thread) => {
      const { top } = thread.getBoundingClientRect()
      const first = [...thread.querySelectorAll('article')].find((article) => article.getBoundingClientRect().bottom > top + 4)
      return Number(/Message (\d+)/.exec(first?.innerText ?? '')?.[1] ?? Number.NaN)
    })
    const newest = await top()
    const seen = await scroll(inbox, agent.thread, { selector: 'section[aria-label=Messages]', row: '[data-index]', by: -700, seconds: 20 })
    const oldest = await top()
    metric('thread-scrolled-messages', newest - oldest)
    metric('thread-fps', seen.fps)
    metric('thread-frames-over-50ms', seen.slow)
    metric('thread-worst-frame-ms', seen.worst)
    metric('thread-blank-frames', seen.blank)
    metric('thread-frames', seen.frames.length)
    metric('thread-elements', seen.elements)
    metric('thread-heap-MiB', (await heap()) - before)
    assert.ok(seen.rows <= most.articles, `${seen.rows} messages exist at once`)
    assert.ok(seen.elements <= most.elements, `${seen.elements} elements exist at once`)
  })
  await step('a day, and the newest again', async () => {
    // All of them came today, as days are counted: the day's first is the first of 100,000.
    const sees = (act, words) =>
      inbox.evaluate(
        async ([act, words]) => {
          const began = performance.now()
          const buttons = [...document.querySelectorAll('button')]
          buttons.find((button) => button.textContent.trim() === act).click()
          const pane = document.querySelector('section[aria-label=Messages]')
          const shows = () => {
            const { top, bottom } = pane.getBoundingClientRect()
            return [...pane.querySelectorAll('article')].some((article) => {
              const box = article.getBoundingClientRect()
              return article.innerText.includes(words) && box.bottom > top && box.top < bottom
            })
          }
          while (!shows()) {
            if (performance.now() - began > 20_000) throw new Error(`${words} is not in sight`)
            await new Promise(requestAnimationFrame)
          }
          return performance.now() - began
        },
        [act, words],
      )
    const day = []
    const newest = []
    for (let run = 0; run < 5; run++) {
      await inbox.keyboard.press('d')
      await inbox.getByRole('dialog').getByRole('button', { name: 'Go to the day' }).waitFor()
      day.push(await sees('Go to the day', 'Message 000000.'))
      await inbox.getByRole('button', { name: 'To the newest' }).waitFor()
      newest.push(await sees('To the newest', 'Message 099999.'))
    }
    metric('day-jump-ms', median(day))
    metric('day-jump-worst-ms', Math.max(...day))
    metric('to-newest-ms', median(newest))
  })
})
