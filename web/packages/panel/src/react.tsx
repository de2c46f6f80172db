import { createElement, type HTMLAttributes, useEffect, useRef } from 'react'
import { define, type ExpiredDetail, type KontorPanelElement } from './element'
import type { Theme } from './protocol'

export interface KontorPanelProps extends Omit<HTMLAttributes<HTMLElement>, 'onError'> {
  /** Kontor's address: https://kontor.shop.example */
  server: string
  /** The shop's own id of the order. */
  order: string
  /** Asks your server for a token (POST panel-tokens); again whenever the last one ends. */
  getToken: (order: string) => Promise<string>
  lang?: string
  theme?: Theme
  /** In px, or "fill"; without it by the content. */
  height?: number | 'fill'
  maxHeight?: number
  onSent?: (messageId: string) => void
  onChanged?: () => void
  /** `panel_unreachable`, `renew_failed`, or the code of a refusal. */
  onError?: (code: string) => void
  onExpired?: (detail: ExpiredDetail) => void
}

/** How long after a token that could not be had it is asked for again, in ms. */
const pause = 15_000

/** `<kontor-panel>` for React 18 and 19. */
export function KontorPanel(props: KontorPanelProps) {
  const {
    server,
    order,
    getToken,
    lang,
    theme,
    height,
    maxHeight,
    onSent,
    onChanged,
    onError,
    onExpired,
    ...rest
  } = props
  const element = useRef<KontorPanelElement>(null)
  const now = useRef(props)
  now.current = props

  useEffect(() => define(), [])

  useEffect(() => {
    const panel = element.current
    if (!panel) return
    const ask = () => now.current.getToken(order)
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const begin = () =>
      ask().then(
        (token) => {
          if (gone) return
          panel.renew = ask
          panel.token = token
        },
        () => {
          if (gone) return
          now.current.onError?.('renew_failed')
          timer = setTimeout(begin, pause)
        },
      )
    void begin()
    return () => {
      gone = true
      clearTimeout(timer)
      panel.renew = undefined
    }
  }, [order])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is another element
  useEffect(() => {
    const panel = element.current
    if (!panel) return
    const heard = new AbortController()
    const { signal } = heard
    panel.addEventListener('kontor-sent', (event) => now.current.onSent?.(event.detail.message_id), {
      signal,
    })
    panel.addEventListener('kontor-changed', () => now.current.onChanged?.(), { signal })
    panel.addEventListener('kontor-error', (event) => now.current.onError?.(event.detail.code), { signal })
    panel.addEventListener('kontor-token-expired', (event) => now.current.onExpired?.(event.detail), {
      signal,
    })
    return () => heard.abort()
  }, [order])

  return createElement('kontor-panel', {
    ...rest,
    // So that nothing of an order is seen under the name of the next.
    key: order,
    ref: element,
    server,
    order,
    lang,
    theme,
    height,
    'max-height': maxHeight,
  })
}
