import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { type CustomerPatch, client } from '../client'
import type { BusinessNumber, Customer, Message } from '../model'
import { chosen, type Written, writeContact, writePlace } from '../taps'
import { useDoing } from '../useDoing'
import { useWorld } from '../useWorld'
import { ContactSheet, PlaceSheet } from './AskSheets'
import { ChatLog } from './ChatLog'
import { Composer } from './Composer'
import { ChatBar, StatusBar } from './PhoneBars'
import { type PhoneActions, PhoneContext } from './PhoneContext'
import { PhoneHead } from './PhoneHead'
import { ScreenContext } from './PhoneSheet'
import { StateChips } from './StateChips'
import { usePresence } from './usePresence'

interface PhoneProps {
  customer: Customer
  numbers: readonly BusinessNumber[]
  /** Whether what arrives is read while this phone can be seen. */
  reads: boolean
  /** Whether it can be seen: on a narrow screen there is one phone at a time. */
  visible: boolean
  onReads: (reads: boolean) => void
  onRemove: () => void
  picker: ReactNode
}

const none: readonly Message[] = []

/** One customer's phone: whose it is, the screen with the chat, and its state. */
export function Phone({ customer, numbers, reads, visible, onReads, onRemove, picker }: PhoneProps) {
  const { t } = useLingui()
  const { phone } = customer
  const chat = useWorld((world) => world.chats[phone])
  const exists = useWorld((world) => world.customers[phone] !== undefined)
  const [screen, setScreen] = useState<HTMLElement | null>(null)
  const [numberId, setNumberId] = useState('')
  const number = numbers.find((each) => each.id === numberId) ?? numbers[0]
  const settings = useDoing()
  // Telling it to a sandbox that has started anew would bring to life whom it has forgotten.
  const live = useWorld((world) => world.link === 'live')
  usePresence(phone, visible && exists && reads && live)

  async function patch(change: CustomerPatch) {
    // Who has not written yet is not known to the sandbox by name.
    const name = exists
      ? {}
      : { name: customer.name, ...(customer.username ? { username: customer.username } : {}) }
    await settings.attempt(() => client.patch(phone, { ...name, ...change }))
  }

  async function changeReads(on: boolean) {
    onReads(on)
    // A program can have made the phone read even without a page; the chip stands for both.
    if (!on && customer.readsAtOnce) await patch({ reads_at_once: false })
  }

  return (
    <section
      aria-label={customer.name}
      className="flex w-85 shrink-0 snap-center flex-col gap-3 max-sm:h-full max-sm:w-full max-sm:gap-2 max-sm:px-3.5"
    >
      <PhoneHead
        customer={customer}
        onPatch={patch}
        onRead={() => settings.attempt(() => client.read(phone))}
        onRemove={onRemove}
        picker={picker}
      />
      <div
        ref={setScreen}
        className="relative flex h-166 max-h-[max(28rem,calc(100dvh-13.5rem))] flex-col overflow-clip rounded-[2.5rem] border-[9px] border-rail bg-surface shadow-e2 outline-1 outline-line max-sm:h-auto max-sm:max-h-none max-sm:min-h-0 max-sm:flex-1 max-sm:rounded-card max-sm:border max-sm:border-line max-sm:shadow-none max-sm:outline-0"
      >
        <ScreenContext value={screen}>
          <StatusBar offline={customer.offline} />
          {number ? (
            <>
              <ChatBar phone={phone} number={number} numbers={numbers} onNumber={setNumberId} />
              <Chat
                customer={customer}
                number={number}
                messages={chat ?? none}
                isLoaded={chat !== undefined || !exists}
                isNew={!exists}
                onPatch={patch}
              />
            </>
          ) : null}
        </ScreenContext>
      </div>
      <StateChips
        customer={customer}
        reads={reads || customer.readsAtOnce}
        onReads={changeReads}
        onPatch={patch}
      />
      {settings.failure ? (
        <p role="alert" className="text-center text-bad text-meta">
          {t`Not changed: ${settings.failure}`}
        </p>
      ) : null}
    </section>
  )
}

interface ChatProps {
  customer: Customer
  number: BusinessNumber
  messages: readonly Message[]
  /** Until then nobody can say that the chat is empty. */
  isLoaded: boolean
  isNew: boolean
  onPatch: (patch: CustomerPatch) => Promise<void>
}

function Chat({ customer, number, messages: all, isLoaded, isNew, onPatch }: ChatProps) {
  const { t } = useLingui()
  const { phone, name, username, offline, blocked, notOnWhatsApp } = customer
  const messages = useMemo(() => all.filter((each) => each.number === number.id), [all, number.id])
  const [quote, setQuote] = useState<Message | null>(null)
  const [form, setForm] = useState<{ ask: 'place' | 'contact'; quote?: Message } | null>(null)
  const { attempt, failure } = useDoing()
  const area = useRef<HTMLDivElement>(null)

  const locked = blocked
    ? t`${name} has blocked the business.`
    : notOnWhatsApp
      ? t`${name} is not on WhatsApp.`
      : offline
        ? t`The phone is offline.`
        : ''

  const write = useCallback(
    (message: Written, file?: File) =>
      attempt(() =>
        client.write(
          phone,
          isNew ? { ...message, profile: { name, ...(username ? { username } : {}) } } : message,
          file,
        ),
      ),
    [attempt, phone, isNew, name, username],
  )

  const actions = useMemo<PhoneActions>(
    () => ({
      locked,
      write,
      quote(message) {
        setQuote(message)
        area.current?.querySelector('textarea')?.focus()
      },
      played(message) {
        if (!message.mine && message.status !== 'played') attempt(() => client.played(phone, message.id))
      },
      chosen: (message) => chosen(messages, message),
      find: (id) => messages.find((each) => each.id === id),
      show(id) {
        const bubble = area.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)
        bubble?.scrollIntoView({ block: 'center', behavior: 'smooth' })
        bubble?.focus({ preventScroll: true })
      },
      ask: (what, about) => setForm({ ask: what, quote: about }),
    }),
    [locked, write, attempt, phone, messages],
  )

  const sheet = { onOpenChange: () => setForm(null) }
  return (
    <PhoneContext value={actions}>
      <div ref={area} className="flex min-h-0 flex-1 flex-col">
        <ChatLog messages={messages} businessName={number.name} reachable={!offline && !blocked}>
          {isLoaded && (
            <EmptyState title={t`Write as ${name}.`} className="my-auto px-3">
              {number.callback
                ? t`What is typed below arrives in the inbox of ${number.name}; what is answered there appears here.`
                : t`What is typed below stays here: no webhook address is set for ${number.name} yet.`}
            </EmptyState>
          )}
        </ChatLog>
        <Composer
          number={number.id}
          quote={quote}
          onUnquote={() => setQuote(null)}
          failure={failure}
          unlock={<Unlock customer={customer} onPatch={onPatch} />}
        />
      </div>
      <PlaceSheet
        open={form?.ask === 'place'}
        {...sheet}
        onAnswer={(place) => write(writePlace(number.id, place, form?.quote?.id))}
      />
      <ContactSheet
        open={form?.ask === 'contact'}
        {...sheet}
        onAnswer={(card) => write(writeContact(number.id, card, form?.quote?.id))}
      />
    </PhoneContext>
  )
}

function Unlock({ customer, onPatch }: Pick<ChatProps, 'customer' | 'onPatch'>) {
  const { t } = useLingui()
  const [label, change]: [string, CustomerPatch] = customer.blocked
    ? [t`Unblock the business`, { blocked: false }]
    : customer.notOnWhatsApp
      ? [t`Return to WhatsApp`, { not_on_whatsapp: false }]
      : [t`Go online`, { online: true }]
  return (
    <Button size="small" onClick={() => onPatch(change)}>
      {label}
    </Button>
  )
}
