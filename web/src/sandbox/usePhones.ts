import { useCallback, useEffect, useState } from 'react'
import { object, list as readList, text } from './json'
import { loadChat } from './live'
import { suggestions } from './phones'
import { useStore, useWorld } from './useWorld'

/** A phone on the page. */
export interface Shown {
  phone: string
  /** As it was typed when the phone was added; the sandbox learns it with the first message. */
  name: string
  /** Whether what arrives is read while the page is open. */
  reads: boolean
}

const key = 'kontor.sandbox.phones'

/** How many phones come onto the page by themselves; after that people choose. */
const most = 3

/**
 * Which phones stand on the page, remembered on this machine. Until somebody has chosen, whoever writes or is
 * written to appears by themselves, and on an empty sandbox one phone is offered.
 */
export function usePhones() {
  const store = useStore()
  const loaded = useWorld((world) => world.loaded)
  const customers = useWorld((world) => world.customers)
  const [shown, setShown] = useState<readonly Shown[]>(remembered)
  const [own, setOwn] = useState(() => remembered().length > 0)

  useEffect(() => {
    if (!loaded || own) return
    setShown((before) => withNewcomers(before, Object.values(customers)))
  }, [loaded, own, customers])

  const phones = shown.map((each) => each.phone).join(' ')
  useEffect(() => {
    if (!loaded) return
    const open = store.world().chats
    for (const phone of phones.split(' ').filter(Boolean)) {
      if (!open[phone]) loadChat(store, phone).catch(() => store.change({ is: 'chatClosed', phone }))
    }
  }, [loaded, phones, store])

  const choose = useCallback((change: (before: readonly Shown[]) => readonly Shown[]) => {
    setOwn(true)
    setShown((before) => {
      const next = change(before)
      remember(next)
      return next
    })
  }, [])

  return {
    shown,
    add(phone: string, name: string) {
      choose((before) =>
        before.some((each) => each.phone === phone) ? before : [...before, { phone, name, reads: true }],
      )
    },
    remove(phone: string) {
      store.change({ is: 'chatClosed', phone })
      choose((before) => before.filter((each) => each.phone !== phone))
    },
    setReads(phone: string, reads: boolean) {
      choose((before) => before.map((each) => (each.phone === phone ? { ...each, reads } : each)))
    },
  }
}

/** The phones on the page and those that came to life, the newest first where there are too many. */
export function withNewcomers(
  before: readonly Shown[],
  customers: readonly { phone: string; lastAt: Date | null }[],
): readonly Shown[] {
  const known = new Set(before.map((each) => each.phone))
  const newcomers = customers
    .filter((each) => each.lastAt && !known.has(each.phone))
    .sort((a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0))
    .slice(0, Math.max(0, most - before.length))
    .map((each) => ({ phone: each.phone, name: '', reads: true }))
  if (before.length + newcomers.length === 0) {
    return [{ phone: suggestions[0].phone, name: suggestions[0].name, reads: true }]
  }
  return newcomers.length > 0 ? [...before, ...newcomers] : before
}

function remembered(): readonly Shown[] {
  try {
    return readList(JSON.parse(localStorage.getItem(key) ?? '[]'))
      .map((each) => {
        const json = object(each)
        return { phone: text(json.phone), name: text(json.name), reads: json.reads !== false }
      })
      .filter((each) => each.phone)
  } catch {
    return []
  }
}

function remember(shown: readonly Shown[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(shown))
  } catch {
    // Storage can be forbidden; the choice then lasts until the page is left.
  }
}
