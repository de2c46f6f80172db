/**
 * What the page and the frame say to each other, by postMessage between two known origins. The token goes this
 * way and no other: never in an address, so in no log and no history.
 */
export interface Look {
  /** Colours of the page's own, as CSS; those that cannot be read on the panel are not taken. */
  ink?: string
  seal?: string
  /** Of cards and fields, as CSS. */
  radius?: string
  font?: string
}

export type Theme = 'light' | 'dark' | 'system'

/** From the page to the frame. */
export interface Open {
  kontor: 'panel'
  type: 'open'
  token: string
  order: string
  lang: string
  theme: Theme
  look: Look
}

/** Why a new token is needed. */
export type Expiry = 'missing' | 'expiring' | 'expired' | 'refused'

/** From the frame to the page. */
export type Said =
  | { kontor: 'panel'; type: 'ready' }
  | { kontor: 'panel'; type: 'height'; height: number }
  | { kontor: 'panel'; type: 'expired'; reason: Expiry }
  | { kontor: 'panel'; type: 'sent'; message_id: string }
  | { kontor: 'panel'; type: 'changed' }
  | { kontor: 'panel'; type: 'failed'; code: string }

/** Whether something that came is of the frame; whoever asks has compared source and origin before. */
export function isSaid(data: unknown): data is Said {
  return isOurs(data) && ['ready', 'height', 'expired', 'sent', 'changed', 'failed'].includes(data.type)
}

export function isOpen(data: unknown): data is Open {
  return isOurs(data) && data.type === 'open' && 'token' in data && typeof data.token === 'string'
}

function isOurs(data: unknown): data is { kontor: 'panel'; type: string } {
  return (
    typeof data === 'object' &&
    data !== null &&
    'kontor' in data &&
    data.kontor === 'panel' &&
    'type' in data &&
    typeof data.type === 'string'
  )
}

/** The public part of a token, by which its frame is asked for: it opens nothing. */
export function tokenId(token: string): string | undefined {
  const found = /^kontor_panel_([0-9a-v]{13})_[\w-]+$/.exec(token)
  return found?.[1] ? `pnl_${found[1]}` : undefined
}
