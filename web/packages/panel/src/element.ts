import { type Expiry, isSaid, type Look, type Open, type Theme, tokenId } from './protocol'

/** What `kontor-token-expired` says. */
export interface ExpiredDetail {
  order: string
  reason: Expiry
}

export interface PanelEvents {
  /** The panel needs a new token: set `token`. What was typed is kept meanwhile. */
  'kontor-token-expired': CustomEvent<ExpiredDetail>
  'kontor-sent': CustomEvent<{ order: string; message_id: string }>
  /** The order or its messages have changed. */
  'kontor-changed': CustomEvent<{ order: string }>
  /** The panel could not be opened, or what it asked for was refused. */
  'kontor-error': CustomEvent<{ order: string; code: string }>
}

/** The element `<kontor-panel order="…" token="…">`. */
export interface KontorPanelElement extends HTMLElement {
  order: string
  /** Made by your server with POST panel-tokens. Setting it anew goes on where the old one ended. */
  token: string
  /** Asked for a token whenever one is needed, in place of the event. */
  renew: (() => Promise<string>) | undefined
  /** Where Kontor is; the script's own address unless it is set. */
  server: string
}

const tag = 'kontor-panel'
/** How long the frame may take to say that it is there. */
const patience = 20_000
/** How long after its page has come, which a browser says also of one that it refuses to show. */
const afterLoad = 3_000
/** How long after a renewal in vain it is tried again. */
const pause = 15_000
const least = 240

interface Words {
  title: string
  failed: string
}

const english: Words = {
  title: 'WhatsApp messages of the order',
  failed: 'The messages cannot be shown on this page. Reload it, or tell your administrator.',
}

const words: Record<string, Words> = {
  en: english,
  de: {
    title: 'WhatsApp-Nachrichten zum Auftrag',
    failed:
      'Die Nachrichten können auf dieser Seite nicht gezeigt werden. Laden Sie sie neu oder sagen Sie es Ihrer Administration.',
  },
  pt: {
    title: 'Mensagens do WhatsApp do pedido',
    failed: 'As mensagens não podem ser exibidas nesta página. Recarregue-a ou avise o administrador.',
  },
  zh: { title: '订单的 WhatsApp 消息', failed: '此页面无法显示消息。请刷新页面或联系管理员。' },
}

const style = `
:host { display: block; min-height: ${least}px; max-width: 100%; }
:host([hidden]) { display: none; }
iframe { display: block; border: 0; width: 100%; height: 100%; min-height: inherit; color-scheme: normal; }
p { margin: 0; padding: 16px; font: 15px/22px system-ui, sans-serif; }
`

/** Defines the element, once; without a browser (on a server) it does nothing. */
export function define(server = ''): void {
  if (typeof HTMLElement === 'undefined' || customElements.get(tag)) return
  customElements.define(tag, makePanel(server))
}

function makePanel(from: string) {
  return class KontorPanel extends HTMLElement implements KontorPanelElement {
    static observedAttributes = ['order', 'token', 'lang', 'theme', 'server', 'height', 'max-height']

    // A page may have set it before this script came.
    renew: (() => Promise<string>) | undefined = Reflect.get(this, 'renew')
    #joined = false
    #frame: HTMLIFrameElement | undefined
    #ready = false
    #asked = false
    #natural = 0
    #timer: ReturnType<typeof setTimeout> | undefined
    #again: ReturnType<typeof setTimeout> | undefined
    #hear = (event: MessageEvent) => this.#said(event)

    get order() {
      return this.getAttribute('order') ?? ''
    }
    set order(order) {
      this.setAttribute('order', order)
    }
    get token() {
      return this.getAttribute('token') ?? ''
    }
    set token(token) {
      this.setAttribute('token', token)
    }
    get server() {
      return this.getAttribute('server') || from
    }
    set server(server) {
      this.setAttribute('server', server)
    }

    connectedCallback() {
      for (const name of ['server', 'order', 'token'] as const) {
        // Likewise: it then lies over the member of this class.
        const early: unknown = Object.getOwnPropertyDescriptor(this, name)?.value
        if (typeof early !== 'string') continue
        Reflect.deleteProperty(this, name)
        this[name] = early
      }
      window.addEventListener('message', this.#hear)
      this.#joined = true
      this.#open()
    }

    disconnectedCallback() {
      window.removeEventListener('message', this.#hear)
      this.#joined = false
      clearTimeout(this.#again)
      this.#asked = false
      this.#close()
    }

    attributeChangedCallback(name: string, before: string | null, now: string | null) {
      if (!this.#joined || before === now) return
      if (name === 'server' || name === 'order') {
        this.#close()
        this.#open()
      } else if (name === 'height' || name === 'max-height') this.#resize()
      else if (name === 'token') {
        clearTimeout(this.#again)
        this.#asked = false
        // A frame that has never answered may have been another token's: it is asked for anew.
        if (this.#ready && tokenId(this.token)) this.#tell()
        else if (this.#ready && this.token) this.#inVain('expired')
        else {
          this.#close()
          this.#open()
        }
      } else if (this.#ready) this.#tell()
    }

    #open() {
      const id = tokenId(this.token)
      if (!id) {
        // What is no token, as the page of a sign-in that a server gave in its place, is not asked for again and again.
        if (this.token) this.#failed('panel_token_malformed')
        else this.#expired('missing')
        return
      }
      const frame = document.createElement('iframe')
      frame.title = `${this.#words().title} ${this.order}`.trim()
      frame.referrerPolicy = 'no-referrer'
      // Its own origin, since it is Kontor's; no way to the page around it, no new windows but links.
      frame.setAttribute(
        'sandbox',
        'allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox',
      )
      frame.src = `${this.#origin()}/embed/panel/${id}`
      frame.addEventListener('load', () => {
        if (!this.#ready) this.#wait(afterLoad)
      })
      this.#put(frame)
      this.#frame = frame
      this.#ready = false
      this.#natural = 0
      this.#resize()
      this.#wait(patience)
    }

    /** Shows one thing and nothing else. */
    #put(shown: HTMLElement) {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
      // By script, so that a page whose policy forbids style elements can have it too.
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(style)
      root.adoptedStyleSheets = [sheet]
      root.replaceChildren(shown)
    }

    #wait(time: number) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#failed('panel_unreachable'), time)
    }

    #close() {
      clearTimeout(this.#timer)
      this.#frame?.remove()
      this.#frame = undefined
      this.#ready = false
    }

    #origin(): string {
      try {
        return new URL(this.server, location.href).origin
      } catch {
        return ''
      }
    }

    #tell() {
      const seen = getComputedStyle(this)
      const own = (name: string) => seen.getPropertyValue(name).trim() || undefined
      const look: Look = {
        ink: own('--kontor-ink'),
        seal: own('--kontor-seal'),
        radius: own('--kontor-radius'),
        font: own('--kontor-font'),
      }
      const open: Open = {
        kontor: 'panel',
        type: 'open',
        token: this.token,
        order: this.order,
        lang: this.#lang(),
        theme: (this.getAttribute('theme') as Theme | null) ?? 'system',
        look,
      }
      this.#frame?.contentWindow?.postMessage(open, this.#origin())
    }

    #said({ source, origin, data }: MessageEvent) {
      // Strictly our own frame and its origin: anything else on the page may post messages as well.
      if (!this.#frame || source !== this.#frame.contentWindow || origin !== this.#origin() || !isSaid(data))
        return
      switch (data.type) {
        case 'ready':
          clearTimeout(this.#timer)
          this.#ready = true
          return this.#tell()
        case 'height':
          this.#natural = data.height
          return this.#resize()
        case 'expired':
          return this.#expired(data.reason)
        case 'sent':
          return this.#emit('kontor-sent', { order: this.order, message_id: data.message_id })
        case 'changed':
          return this.#emit('kontor-changed', { order: this.order })
        case 'failed':
          return this.#emit('kontor-error', { order: this.order, code: data.code })
      }
    }

    #expired(reason: Expiry) {
      if (this.#asked) return // one question until there is an answer
      this.#asked = true
      this.#emit('kontor-token-expired', { order: this.order, reason })
      this.renew?.().then(
        (token) => {
          // The one that ends, once more, helps nobody.
          if (token === this.token) this.#inVain(reason)
          else this.token = token
        },
        () => this.#inVain(reason),
      )
    }

    /** No other token came: whoever looks at an empty place is told, and it is tried again. */
    #inVain(reason: Expiry) {
      if (!this.#joined) return
      this.#asked = false
      if (this.#frame) this.#emit('kontor-error', { order: this.order, code: 'renew_failed' })
      else this.#failed('renew_failed')
      clearTimeout(this.#again)
      this.#again = setTimeout(() => this.#expired(reason), pause)
    }

    /** By its content between 240 and `max-height` (640) px; `height` fixes it, as px or "fill". */
    #resize() {
      const fixed = this.getAttribute('height')
      if (fixed === 'fill') this.style.height = '100%'
      else if (fixed && Number(fixed) > 0) this.style.height = `${Number(fixed)}px`
      else {
        const most = Number(this.getAttribute('max-height')) || 640
        this.style.height = `${Math.max(least, Math.min(most, Math.ceil(this.#natural)))}px`
      }
    }

    #failed(code: string) {
      this.#close()
      const text = document.createElement('p')
      text.setAttribute('role', 'alert')
      text.textContent = this.#words().failed
      this.#put(text)
      this.#emit('kontor-error', { order: this.order, code })
    }

    #emit<Name extends keyof PanelEvents>(name: Name, detail: PanelEvents[Name]['detail']) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
    }

    #lang(): string {
      return this.getAttribute('lang') || document.documentElement.lang || navigator.language
    }

    #words(): Words {
      return words[this.#lang().slice(0, 2).toLowerCase()] ?? english
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'kontor-panel': KontorPanelElement
  }
  interface HTMLElementEventMap extends PanelEvents {}
}
