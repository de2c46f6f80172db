import { useLingui } from '@lingui/react/macro'
import { Moon, UserMinus, UserPlus, Users } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { search } from '../inbox/palette/match'
import { Avatar } from '../ui/Avatar'
import { cn } from '../ui/cn'
import type { Choice } from './choices'
import { useOpening } from './useOpening'

interface ChoiceListProps {
  choices: readonly Choice[]
  /** One sentence about what choosing does here. */
  note: string | undefined
  busy: boolean
  onChoose: (choice: Choice) => void
}

const icon = { 'aria-hidden': true, size: 15, strokeWidth: 1.75, className: 'mx-1 shrink-0' } as const

type Group = 'own' | 'person' | 'team'
const groupOf = ({ kind }: Choice): Group => (kind === 'person' || kind === 'team' ? kind : 'own')

/** A field over what it finds; the arrow keys go through it, Enter takes it. */
export function ChoiceList({ choices, note, busy, onChoose }: ChoiceListProps) {
  const { t } = useLingui()
  const [question, setQuestion] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const base = useId()
  const found = search(choices, question, choices.length)
  // A question may find a team before a person: the groups stay in their order.
  const lines = (['own', 'person', 'team'] as const).flatMap((group) =>
    found.filter((choice) => groupOf(choice) === group),
  )
  const place = Math.min(chosen, lines.length - 1)
  const titles: Partial<Record<Group, string>> = {
    person: t({ message: 'People', context: 'of the house' }),
    team: t`Teams`,
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen line is the reason
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [place])

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + 5, PageUp: place - 5 }[event.key]
    const line = lines[place]
    if (to !== undefined) {
      event.preventDefault()
      setChosen(Math.max(0, Math.min(to, lines.length - 1)))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (line && !busy) onChoose(line)
    }
  }

  return (
    <>
      <input
        role="combobox"
        aria-label={t`A person or a team`}
        aria-expanded
        aria-controls={`${base}-list`}
        aria-activedescendant={lines[place] ? `${base}-${place}` : undefined}
        aria-describedby={note ? `${base}-note` : undefined}
        autoComplete="off"
        placeholder={t`A person or a team`}
        value={question}
        onChange={(event) => {
          setQuestion(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
        className="focus-inside mb-1 min-h-9.5 w-full shrink-0 rounded-key bg-sunken px-2.5 text-second text-text pointer-coarse:min-h-11"
      />
      {note ? (
        <p id={`${base}-note`} className="px-2.5 pt-1 pb-1.5 text-meta text-text2">
          {note}
        </p>
      ) : null}
      <div
        ref={list}
        id={`${base}-list`}
        role="listbox"
        aria-label={t`Who gets it`}
        aria-busy={busy || undefined}
        className="min-h-0 overflow-y-auto"
      >
        {lines.map((line, at) => {
          const group = groupOf(line)
          const first = at === 0 || groupOf(lines[at - 1] as Choice) !== group
          return (
            <div key={line.id} className="contents">
              {first && titles[group] ? (
                <p aria-hidden className="px-2.5 pt-2 pb-1 text-meta text-text3">
                  {titles[group]}
                </p>
              ) : null}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys */}
              <div
                id={`${base}-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === place}
                onPointerMove={() => setChosen(at)}
                onClick={() => (busy ? undefined : onChoose(line))}
                className={cn(
                  'flex min-h-9.5 cursor-default items-center gap-2.5 rounded-key px-2.5 text-second pointer-coarse:min-h-11',
                  at === place && 'bg-selected',
                )}
              >
                <LineOf choice={line} />
              </div>
            </div>
          )
        })}
      </div>
      <p role="status" className={cn('px-2.5 py-2 text-second text-text2', lines.length > 0 && 'sr-only')}>
        {lines.length === 0 ? t`Nobody is called so.` : t`${lines.length} found`}
      </p>
    </>
  )
}

function LineOf({ choice }: { choice: Choice }) {
  const { t } = useLingui()
  const opening = useOpening()
  const name = (
    <span className="min-w-0 flex-1 truncate">
      <bdi>{choice.label}</bdi>
    </span>
  )
  if (choice.kind === 'person') {
    return (
      <>
        <Avatar id={choice.id} name={choice.label} of="person" size={20} />
        {name}
        {choice.away ? (
          <span className="inline-flex shrink-0 items-center gap-1 text-meta text-text3">
            <Moon aria-hidden size={13} strokeWidth={2} />
            {t`Away`}
          </span>
        ) : null}
      </>
    )
  }
  if (choice.kind === 'team') {
    return (
      <>
        <Users {...icon} />
        {name}
        {choice.routing && !choice.routing.open_now ? (
          <span className="figures shrink-0 text-meta text-text3">{opening(choice.routing)}</span>
        ) : null}
      </>
    )
  }
  return (
    <>
      {choice.kind === 'release' ? <UserMinus {...icon} /> : <UserPlus {...icon} />}
      {name}
    </>
  )
}
