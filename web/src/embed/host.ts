import { type Expiry, isOpen, type Open, type Said } from '../../packages/panel/src/protocol'

/**
 * The page around the frame. The server writes its origin into this page, from the token that the address names;
 * nothing is said to another, and nothing heard from one.
 */
export class Host {
  readonly origin: string
  #listeners = new Set<(open: Open) => void>()
  #last: Open | undefined

  constructor(origin: string) {
    this.origin = origin
    window.addEventListener('message', ({ source, origin, data }) => {
      if (source !== window.parent || origin !== this.origin || !isOpen(data)) return
      this.#last = data
      for (const tell of this.#listeners) tell(data)
    })
  }

  /** The order that the page around the frame means. */
  get order(): string {
    return (this.#last?.order ?? '').trim()
  }

  say(said: Said): void {
    window.parent.postMessage(said, this.origin)
  }

  /** The first word of the page, with the token. */
  first(): Promise<Open> {
    if (this.#last) return Promise.resolve(this.#last)
    return new Promise((resolve) => {
      const stop = this.onOpen((open) => {
        stop()
        resolve(open)
      })
    })
  }

  onOpen(tell: (open: Open) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }
}

/** The page's origin, or null when nobody is around this page who may be. */
export function hostOrigin(): string | null {
  const origin = document.querySelector<HTMLMetaElement>('meta[name="kontor-panel-origin"]')?.content
  return origin && window.parent !== window ? origin : null
}

export type { Expiry, Open }
