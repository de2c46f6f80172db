// How a page is looked at: at two widths and in both themes by axe, and at every
// width for what is wider than it should be, cut off, or beyond the edge.

import { assert, findings, shoot, until } from './browser.mjs'

/** A desk, and a phone in a hand. */
export const widths = [
  [1440, 900],
  [390, 844],
]

/** What is wrong on the pages that were looked at, in words. */
export class Findings {
  #found = []

  add(where, found) {
    for (const each of found) {
      this.#found.push(`${where}: ${each}`)
      console.log(`    ${this.#found.at(-1)}`)
    }
  }

  none() {
    assert.deepEqual(this.#found, [], 'these pages are not as they should be')
  }
}

/**
 * Waits until a page has all its answers and has drawn them; the live streams never end. To be called once for a page,
 * before it goes anywhere.
 */
export function settling(page) {
  const asked = new Set()
  page.on('request', (request) => /\/events/.test(request.url()) || asked.add(request))
  for (const ended of ['requestfinished', 'requestfailed']) page.on(ended, (request) => asked.delete(request))
  return async () => {
    await until('everything is answered', () => asked.size === 0)
    await page.evaluate(() => document.fonts.ready.then(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))))
    await until('everything is answered', () => asked.size === 0)
  }
}

/**
 * What does not fit on a page as it stands: it is too wide, is cut off, or lies beyond the edge. Looked at once the page
 * has drawn itself at its size: parts that follow the width of the window do so with the next frame.
 */
export function tooWide(page) {
  return page.evaluate(async () => {
    for (let frames = 0; frames < 3; frames += 1) await new Promise(requestAnimationFrame)
    const found = []
    const say = (element) => {
      const words = (element.innerText || element.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ')
      return `<${element.tagName.toLowerCase()}> “${words.slice(0, 60)}”`
    }
    const { scrollWidth } = document.scrollingElement
    if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide in a window of ${innerWidth} px`)
    // Rows of tabs, of cards and of phones, and lines of code may scroll sideways (WCAG 2.2, 1.4.10).
    const mayScroll = '[role=tablist], fieldset, .snap-x, pre, textarea, input, select'
    // Last words, names of files, ids: the whole text is in the tooltip or one click away.
    const mayBeCut = (element) => element.closest('[title], bdi, [dir=auto], time, a[aria-current], [role=option]')
    for (const element of document.querySelectorAll('body *')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      const box = element.getBoundingClientRect()
      if (box.width <= 2 || box.height <= 2 || element.closest(mayScroll)) continue
      const wider = element.scrollWidth - element.clientWidth
      const { overflowX, textOverflow } = getComputedStyle(element)
      if (/auto|scroll/.test(overflowX) && wider > 1) found.push(`scrolls sideways by ${wider} px: ${say(element)}`)
      if (element.closest('[aria-hidden=true], .sr-only')) continue
      const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
      if (!speaks) continue
      const cut = textOverflow === 'ellipsis' ? element : element.closest('.truncate')
      const { left, right } = (cut ?? element).getBoundingClientRect()
      if (right > innerWidth + 1 || left < -1) found.push(`lies beyond the edge: ${say(element)}`)
      if (/hidden|clip/.test(overflowX) && wider > 1 && !(textOverflow === 'ellipsis' && mayBeCut(element))) {
        found.push(`is cut off by ${wider} px: ${say(element)}`)
      }
    }
    return found
  })
}

/** Looks at a page as it stands at one width, in both themes, and keeps its pictures when somebody asked for them. */
export async function lookAt(page, name, [width, height], findingsOf) {
  await page.setViewportSize({ width, height })
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    findingsOf.add(`${name}, ${width} px, ${colorScheme}`, await findings(page))
    await shoot(page, `${name}-${width}-${colorScheme}`)
  }
  findingsOf.add(`${name}, ${width} px`, await tooWide(page))
}

/** Looks at a page in every way: also at 320 px, which is 1280 at four times the size (WCAG 2.2, 1.4.10). */
export async function look(page, name, findingsOf) {
  for (const size of widths) await lookAt(page, name, size, findingsOf)
  await page.setViewportSize({ width: 320, height: 640 })
  findingsOf.add(`${name}, 320 px`, await tooWide(page))
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}
