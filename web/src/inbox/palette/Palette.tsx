import { useLingui } from '@lingui/react/macro'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CornerDownLeft, Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import * as calls from '../../api/calls'
import type { Conversation, FoundPerson } from '../../api/types'
import { formatPhone } from '../../i18n/phone'
import { spoken } from '../../keys/chord'
import { useCommandTable } from '../../keys/commands'
import { keysOf } from '../../keys/keymap'
import { commands } from '../../keys/table'
import { Avatar } from '../../ui/Avatar'
import { cn } from '../../ui/cn'
import { cachedConversations } from '../data/queries'
import { contactName } from '../words'
import { type Entry, search } from './match'

interface Line extends Entry {
  group: 'people' | 'actions'
  icon?: ReactNode
  detail?: string
  keys?: string
  act: () => void
}

const most = { people: 7, actions: 9 } as const

/** Any conversation and any action, by a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const [question, setQuestion] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const base = useId()
  const lines = useLines(question)

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  })

  function run(line: Line | undefined) {
    if (!line) return
    onClose()
    // After the layer has gone and given the focus back, so that what the action focuses keeps it.
    setTimeout(line.act)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const last = lines.length - 1
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 5, PageUp: chosen - 5 }[
      event.key
    ]
    if (to !== undefined) {
      event.preventDefault()
      setChosen(to < 0 ? (chosen === 0 ? last : 0) : to > last ? (chosen === last ? 0 : last) : to)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(lines[chosen])
    }
  }

  const titles = { people: t`Conversations`, actions: t`Actions` }
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 top-0 z-40 mx-auto flex max-h-[min(36rem,100dvh)] animate-dialog flex-col border border-line bg-surface shadow-e3 outline-none sm:top-[12vh] sm:max-h-[min(32rem,76dvh)] sm:w-150 sm:max-w-[calc(100vw-2rem)] sm:rounded-dialog"
        >
          <Dialog.Title className="sr-only">{t`Find anything`}</Dialog.Title>
          <label className="flex min-h-13 items-center gap-2.5 border-line border-b px-4 text-text3">
            <Search aria-hidden size={18} strokeWidth={1.75} className="shrink-0" />
            <input
              role="combobox"
              aria-label={t`A name, a number, an action`}
              aria-expanded
              aria-controls={`${base}-list`}
              aria-activedescendant={lines[chosen] ? `${base}-${chosen}` : undefined}
              autoComplete="off"
              placeholder={t`A name, a number, an action`}
              value={question}
              onChange={(event) => {
                setQuestion(event.target.value)
                setChosen(0)
              }}
              onKeyDown={onKeyDown}
              className="min-w-0 flex-1 bg-transparent text-text text-ui outline-none"
            />
          </label>
          <div
            ref={list}
            id={`${base}-list`}
            role="listbox"
            aria-label={t`Found`}
            className="min-h-0 flex-1 overflow-y-auto p-1.5"
          >
            {lines.map((line, place) => (
              <div key={line.id} className="contents">
                {line.group !== lines[place - 1]?.group ? (
                  <p aria-hidden className="px-2.5 pt-2 pb-1 text-meta text-text3">
                    {titles[line.group]}
                  </p>
                ) : null}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys */}
                <div
                  id={`${base}-${place}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={place === chosen}
                  onPointerMove={() => setChosen(place)}
                  onClick={() => run(line)}
                  className={cn(
                    'flex min-h-9.5 cursor-default items-center gap-2.5 rounded-key px-2.5 text-second pointer-coarse:min-h-11',
                    place === chosen && 'bg-selected',
                  )}
                >
                  {line.icon ?? <CornerDownLeft aria-hidden size={15} className="mx-1 shrink-0 text-text3" />}
                  <span className="min-w-0 flex-1 truncate">
                    <bdi>{line.label}</bdi>
                  </span>
                  {line.detail ? (
                    <span className="figures shrink-0 text-meta text-text3">{line.detail}</span>
                  ) : null}
                  {line.keys ? (
                    <kbd className="hidden shrink-0 rounded-key border border-line-strong px-1.5 font-sans text-meta text-text2 md:inline">
                      {line.keys}
                    </kbd>
                  ) : null}
                </div>
              </div>
            ))}
          </div>
          <p role="status" className={cn('px-4 py-3 text-second text-text2', lines.length > 0 && 'sr-only')}>
            {lines.length === 0 ? t`Nothing is called so.` : t`${lines.length} found`}
          </p>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** What the question finds: conversations that are loaded, the one with a number, actions that mean something now. */
function useLines(question: string): Line[] {
  const { i18n } = useLingui()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const table = useCommandTable()
  const [available] = useState(() => table.available())
  const known = useMemo(() => cachedConversations(queries), [queries])
  const digits = question.replace(/[\s()./-]/g, '')
  const asked = useQuery({
    queryKey: ['palette', digits],
    queryFn: () => calls.getConversation(digits).catch(() => null),
    enabled: /^\+?\d{7,15}$/.test(digits),
    staleTime: 10_000,
  }).data

  const words = question.trim()
  /** Whoever is called so, also where nothing of them is loaded. */
  const people =
    useQuery<FoundPerson[]>({
      queryKey: ['palette', 'people', words],
      queryFn: ({ signal }) => calls.search({ q: words }, undefined, signal).then((page) => page.people),
      enabled: /[\p{L}\p{N}]{2}/u.test(words) || /\p{Script=Han}/u.test(words),
      placeholderData: keepPreviousData,
      staleTime: 10_000,
      retry: false,
    }).data ?? []

  const line = (conversation: Conversation): Line => {
    const { contact, conversation_id, number_name } = conversation
    const name = contactName(contact)
    return {
      id: conversation_id,
      group: 'people',
      label: name,
      also: [contact.phone, contact.username, contact.profile_name].filter(Boolean).join(' '),
      detail: contact.phone ? formatPhone(contact.phone) : number_name,
      icon: <Avatar id={contact.contact_id} name={name} of="customer" size={20} />,
      act: () => void navigate({ to: '/c/$conversation', params: { conversation: conversation_id } }),
    }
  }
  const personLine = ({ contact, conversation_id }: FoundPerson): Line | undefined => {
    if (!conversation_id) return
    const name = contactName(contact)
    return {
      id: conversation_id,
      group: 'people',
      label: name,
      detail: contact.phone ? formatPhone(contact.phone) : undefined,
      icon: <Avatar id={contact.contact_id} name={name} of="customer" size={20} />,
      act: () => void navigate({ to: '/c/$conversation', params: { conversation: conversation_id } }),
    }
  }
  const found = asked && !known.some((one) => one.conversation_id === asked.conversation_id) ? [asked] : []
  const actions = available
    .filter((id) => id !== 'palette' && id !== 'back')
    .map((id): Line => {
      const { label } = commands[id]
      const [first] = keysOf(id)
      return {
        id,
        group: 'actions',
        label: i18n._(label),
        keys: first && spoken(first),
        act: () => table.find(id)?.(),
      }
    })
  const loaded = search(known.map(line), question, most.people)
  const more = words === '' ? [] : people.flatMap((person) => personLine(person) ?? [])
  return [
    ...loaded,
    ...found.map(line),
    ...more
      .filter(({ id }) => !loaded.some((one) => one.id === id) && id !== asked?.conversation_id)
      .slice(0, most.people - loaded.length),
    ...search(actions, question, most.actions),
  ]
}
