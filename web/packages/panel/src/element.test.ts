import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { define, type KontorPanelElement } from './element'
import { isOpen, isSaid, tokenId } from './protocol'

const server = 'https://kontor.example'
const token = (secret: string) => `kontor_panel_0d5k7v2q8c1a0_${secret}`

beforeEach(() => define(server))
afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
})

function place(attributes: Record<string, string>): KontorPanelElement {
  const panel = document.createElement('kontor-panel')
  for (const [name, value] of Object.entries(attributes)) panel.setAttribute(name, value)
  return panel
}

function frameOf(panel: Element): HTMLIFrameElement {
  const frame = panel.shadowRoot?.querySelector('iframe')
  if (!frame) throw new Error('there is no frame')
  return frame
}

/** What the frame, or somebody else, posts to the page. */
function post(panel: Element, data: unknown, from: { origin?: string; source?: Window | null } = {}) {
  const { origin = server, source = frameOf(panel).contentWindow } = from
  window.dispatchEvent(new MessageEvent('message', { data, origin, source }))
}

/** What the page says to the frame, and to which origin. */
function hear(panel: Element): { data: unknown; origin: string }[] {
  const heard: { data: unknown; origin: string }[] = []
  const inside = frameOf(panel).contentWindow
  if (!inside) throw new Error('the frame has no window')
  inside.postMessage = (data: unknown, origin: unknown) => void heard.push({ data, origin: String(origin) })
  return heard
}

test('asks for the frame by the public part of the token alone', () => {
  const panel = place({ order: 'R-1', token: token('secret-part') })
  document.body.append(panel)
  expect(frameOf(panel).src).toBe(`${server}/embed/panel/pnl_0d5k7v2q8c1a0`)
  expect(frameOf(panel).outerHTML).not.toContain('secret-part')
  expect(tokenId('kontor_1234')).toBeUndefined()
})

test('tells the token to its frame, at its origin, and to nobody else', () => {
  const panel = place({ order: 'R-1', token: token('a'), lang: 'de', theme: 'dark' })
  document.body.append(panel)
  const heard = hear(panel)
  post(panel, { kontor: 'panel', type: 'ready' }, { origin: 'https://evil.example' })
  post(panel, { kontor: 'panel', type: 'ready' }, { source: window })
  post(panel, { type: 'ready' })
  expect(heard).toEqual([])
  post(panel, { kontor: 'panel', type: 'ready' })
  expect(heard.length).toBe(1)
  expect(heard[0]?.origin).toBe(server)
  expect(heard[0]?.data).toMatchObject({
    type: 'open',
    token: token('a'),
    order: 'R-1',
    lang: 'de',
    theme: 'dark',
  })
  expect(isOpen(heard[0]?.data)).toBe(true)
})

test('asks once for a new token and keeps the frame', async () => {
  const panel = place({ order: 'R-1', token: token('a') })
  document.body.append(panel)
  const heard = hear(panel)
  const reasons: string[] = []
  panel.addEventListener('kontor-token-expired', (event) => reasons.push(event.detail.reason))
  post(panel, { kontor: 'panel', type: 'ready' })
  const frame = frameOf(panel)
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expiring' })
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expired' })
  expect(reasons).toEqual(['expiring'])
  panel.token = token('b')
  expect(frameOf(panel)).toBe(frame)
  expect(heard.at(-1)?.data).toMatchObject({ token: token('b') })
  panel.renew = () => Promise.resolve(token('c'))
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expired' })
  await Promise.resolve()
  expect(panel.token).toBe(token('c'))
})

test('asks for a token when it has none, and follows the height within bounds', () => {
  const panel = place({ order: 'R-1', 'max-height': '500' })
  const reasons: string[] = []
  panel.addEventListener('kontor-token-expired', (event) => reasons.push(event.detail.reason))
  document.body.append(panel)
  expect(reasons).toEqual(['missing'])
  panel.token = token('a')
  post(panel, { kontor: 'panel', type: 'height', height: 400 })
  expect(panel.style.height).toBe('400px')
  post(panel, { kontor: 'panel', type: 'height', height: 4000 })
  expect(panel.style.height).toBe('500px')
  expect(isSaid({ kontor: 'panel', type: 'open' })).toBe(false)
})

test('says that there is no token to be had, and asks again after a while', async () => {
  vi.useFakeTimers()
  const panel = place({ order: 'R-1' })
  const codes: string[] = []
  panel.addEventListener('kontor-error', (event) => codes.push(event.detail.code))
  let asked = 0
  panel.renew = () => {
    asked += 1
    return asked < 3 ? Promise.reject(new Error('502')) : Promise.resolve(token('a'))
  }
  document.body.append(panel)
  await vi.advanceTimersByTimeAsync(0)
  expect(panel.shadowRoot?.querySelector('[role=alert]')?.textContent).toContain('cannot be shown')
  expect([asked, codes]).toEqual([1, ['renew_failed']])
  await vi.advanceTimersByTimeAsync(40_000)
  expect(asked).toBe(3)
  expect(frameOf(panel).src).toContain('pnl_0d5k7v2q8c1a0')
})

test('does not ask without end when it gets what is no token', async () => {
  const panel = place({ order: 'R-1' })
  const codes: string[] = []
  panel.addEventListener('kontor-error', (event) => codes.push(event.detail.code))
  let asked = 0
  panel.renew = () => {
    asked += 1
    if (asked > 5) throw new Error('asked without end')
    return Promise.resolve(`<html>Sign in ${asked}</html>`)
  }
  document.body.append(panel)
  await new Promise((resolve) => setTimeout(resolve))
  expect([asked, codes]).toEqual([1, ['panel_token_malformed']])
  expect(panel.shadowRoot?.querySelector('[role=alert]')).not.toBeNull()
  panel.token = token('a')
  expect(frameOf(panel).src).toContain('pnl_0d5k7v2q8c1a0')
})

test('asks again when it got the token that ends once more', async () => {
  vi.useFakeTimers()
  const panel = place({ order: 'R-1', token: token('a') })
  document.body.append(panel)
  post(panel, { kontor: 'panel', type: 'ready' })
  const answers = [token('a'), token('b')]
  panel.renew = () => Promise.resolve(answers.shift() ?? '')
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expiring' })
  await vi.advanceTimersByTimeAsync(0)
  expect(panel.token).toBe(token('a'))
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expired' })
  await vi.advanceTimersByTimeAsync(0)
  expect(panel.token).toBe(token('b'))
})

test('keeps the frame, and what was typed in it, when what comes is no token', async () => {
  vi.useFakeTimers()
  const panel = place({ order: 'R-1', token: token('a') })
  document.body.append(panel)
  const heard = hear(panel)
  post(panel, { kontor: 'panel', type: 'ready' })
  const frame = frameOf(panel)
  const answers = ['<html>Sign in</html>', token('b')]
  panel.renew = () => Promise.resolve(answers.shift() ?? '')
  post(panel, { kontor: 'panel', type: 'expired', reason: 'expired' })
  await vi.advanceTimersByTimeAsync(0)
  expect(frameOf(panel)).toBe(frame)
  expect(heard.length).toBe(1)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(heard.at(-1)?.data).toMatchObject({ token: token('b') })
  panel.token = ''
  expect(panel.shadowRoot?.querySelector('iframe')).toBeNull()
})

test('takes what a page has set before the script came', () => {
  const panel = document.createElement('kontor-panel')
  for (const [name, value] of Object.entries({ order: 'R-1', token: token('a') }))
    Object.defineProperty(panel, name, { value, configurable: true, enumerable: true, writable: true })
  document.body.append(panel)
  expect(frameOf(panel).src).toContain('pnl_0d5k7v2q8c1a0')
  expect(panel.getAttribute('order')).toBe('R-1')
})

test('keeps its height when the bounds change', () => {
  const panel = place({ order: 'R-1', token: token('a') })
  document.body.append(panel)
  post(panel, { kontor: 'panel', type: 'height', height: 600 })
  panel.setAttribute('max-height', '500')
  expect(panel.style.height).toBe('500px')
})
