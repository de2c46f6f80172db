import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { act, render } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { vi } from 'vitest'
import type { BusinessNumber } from './model'
import { Phone } from './phone/Phone'
import { personOf } from './phones'
import { Store } from './store'
import { StoreContext } from './useWorld'
import { readCustomer, readMessage } from './wire'

export const joao = '551155500177'

export const number: BusinessNumber = {
  id: '200000000000001',
  name: 'Nordlicht Service',
  display: '+49 451 5550100',
  callback: 'http://127.0.0.1:8080/webhook',
}

/** A call that a part made, as it goes over the wire. */
export interface Call {
  method: string
  path: string
  body: unknown
}

/** Stands for the sandbox's control API and keeps what it was asked. */
export function listen(
  answer: (call: Call) => { status?: number; body: unknown } = () => ({ body: {} }),
): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const form = init.body instanceof FormData ? init.body : null
    const text = form ? form.get('message') : init.body
    const call = {
      method: init.method ?? 'GET',
      path,
      body: typeof text === 'string' ? JSON.parse(text) : undefined,
    }
    // Presence is told as time passes and is no part of what a test does.
    if (!path.endsWith('/presence')) calls.push(call)
    const { status = 200, body } = answer(call)
    return new Response(JSON.stringify(body), { status })
  })
  return calls
}

/** Gives jsdom what it lacks of a browser. */
export function furnish(): void {
  vi.stubGlobal('matchMedia', () => ({
    matches: true,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
  Element.prototype.scrollIntoView = () => undefined
  Element.prototype.hasPointerCapture = () => false
  i18n.loadAndActivate({ locale: 'en', messages: {} })
}

export function show(part: ReactNode, store = new Store()) {
  return render(
    <I18nProvider i18n={i18n}>
      <Tooltip.Provider>
        <StoreContext value={store}>{part}</StoreContext>
      </Tooltip.Provider>
    </I18nProvider>,
  )
}

interface PhoneOptions {
  /** As GET /sandbox/customers answers, over the defaults. */
  customer?: Record<string, unknown>
  reads?: boolean
}

/** João's phone with these messages, each as the control API writes it. */
export function showPhone(
  messages: Record<string, unknown>[],
  { customer = {}, reads = false }: PhoneOptions = {},
) {
  const store = new Store()
  const person = readCustomer({ phone: joao, name: 'João Baptista', online: true, ...customer })
  store.change({ is: 'customer', customer: person })
  store.change({
    is: 'chat',
    phone: joao,
    messages: messages.map((each) => readMessage({ ...envelope, ...each })),
  })
  const view = show(
    <Phone
      customer={personOf(joao, store.world().customers, {})}
      numbers={[number]}
      reads={reads}
      visible
      onReads={() => undefined}
      onRemove={() => undefined}
      picker={null}
    />,
    store,
  )
  return {
    ...view,
    store,
    /** One more message, as the event `message` brings it. */
    async arrives(message: Record<string, unknown>) {
      await act(async () => {
        store.change({ is: 'message', phone: joao, message: readMessage({ ...envelope, ...message }) })
        await new Promise((drawn) => requestAnimationFrame(drawn))
      })
    },
  }
}

const envelope = {
  direction: 'outbound',
  status: 'delivered',
  phone_number_id: number.id,
  at: '2026-11-20T09:12:00Z',
}
