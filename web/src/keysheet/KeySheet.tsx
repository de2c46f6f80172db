import { useLingui } from '@lingui/react/macro'
import { Pencil, RotateCcw } from 'lucide-react'
import { useRef, useState } from 'react'
import { isMac, spoken } from '../keys/chord'
import { changeKey, keysOf, resetKeys, useOwnKeys } from '../keys/keymap'
import { type CommandId, commands, type Group, groups, ownKeys } from '../keys/table'
import { announce } from '../ui/announce'
import { Button } from '../ui/Button'
import { cn } from '../ui/cn'
import { Dialog } from '../ui/Dialog'
import { IconButton } from '../ui/IconButton'
import { chordOf, problemWith } from './choose'

interface KeySheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

const ids = Object.keys(commands) as CommandId[]

/** Every key there is, by where it acts, and the way to other ones. */
export function KeySheet({ open, onOpenChange }: KeySheetProps) {
  const { t, i18n } = useLingui()
  const own = useOwnKeys()
  const [asked, setAsked] = useState<CommandId | null>(null)
  const [said, setSaid] = useState('')
  const changed = Object.keys(own).length > 0

  /** The pencil has the focus again. */
  function end(id: CommandId) {
    setAsked(null)
    setSaid('')
    requestAnimationFrame(() => document.getElementById(`pencil-${id}`)?.focus())
  }

  function choose(id: CommandId, chord: string | undefined) {
    end(id)
    changeKey(id, chord)
    const shown = keysOf(id)[0]
    const text = t`${i18n._(commands[id].label)}: ${shown ? spoken(shown) : ''}`
    announce(text)
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        // Escape ends the question for a key first.
        if (!next && asked) end(asked)
        else onOpenChange(next)
      }}
      title={t`Keys`}
      description={t`Single letters rest while you type; with Alt or Ctrl they act there too. The pencil gives an action another key, on this machine.`}
      reading
      className="sm:w-200"
      footer={
        <>
          {changed ? (
            <Button
              variant="quiet"
              className="mr-auto"
              icon={<RotateCcw aria-hidden size={15} strokeWidth={1.75} />}
              onClick={() => {
                resetKeys()
                setAsked(null)
                announce(t`All keys are as they were at first.`)
              }}
            >
              {t`All keys as at first`}
            </Button>
          ) : null}
          <Button variant="ink" onClick={() => onOpenChange(false)}>{t`Close`}</Button>
        </>
      }
    >
      <div className="gap-8 sm:columns-2">
        {(Object.keys(groups) as Group[]).map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1.5 font-semibold text-second">{i18n._(groups[group])}</h3>
            <ul className="text-second">
              {ids
                .filter((id) => commands[id].group === group)
                .map((id) => (
                  <li key={id} className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-0.5">
                    <span className="min-w-0 flex-1">{i18n._(commands[id].label)}</span>
                    {asked === id ? (
                      <Recorder
                        id={id}
                        said={said}
                        onSay={setSaid}
                        onChoose={(chord) => choose(id, chord)}
                        onCancel={() => end(id)}
                      />
                    ) : (
                      <>
                        {keysOf(id, own).map((key, place) => (
                          <Key key={key} own={place === 0 && own[id] !== undefined}>
                            {spoken(key)}
                          </Key>
                        ))}
                        <IconButton
                          id={`pencil-${id}`}
                          name={t`Another key for ${i18n._(commands[id].label)}`}
                          onClick={() => {
                            setSaid('')
                            setAsked(id)
                          }}
                          icon={<Pencil size={13} strokeWidth={1.75} />}
                          className="size-6 pointer-coarse:size-11"
                        />
                      </>
                    )}
                  </li>
                ))}
              {ownKeys
                .filter((key) => key.group === group)
                .map(({ keys, label }) => (
                  <li key={keys[0]} className="flex min-h-8 items-center gap-2">
                    <span className="min-w-0 flex-1">{i18n._(label)}</span>
                    {keys.map((key) => (
                      <Key key={key}>{spoken(key)}</Key>
                    ))}
                    <span aria-hidden className="w-6" />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

/** A key; one that a person has chosen is heavier. */
function Key({ children, own = false }: { children: string; own?: boolean }) {
  return (
    <kbd
      className={cn(
        'inline-flex min-w-6 items-center justify-center whitespace-nowrap rounded-key border border-line-strong px-1.5 font-sans text-meta',
        own && 'border-ink bg-ink-tint font-semibold',
      )}
    >
      {children}
    </kbd>
  )
}

interface RecorderProps {
  id: CommandId
  said: string
  onSay: (words: string) => void
  onChoose: (chord: string | undefined) => void
  onCancel: () => void
}

/** Takes the next key that is pressed, or says why it cannot be had. */
function Recorder({ id, said, onSay, onChoose, onCancel }: RecorderProps) {
  const { t, i18n } = useLingui()
  const first = useRef('')
  const [begun, setBegun] = useState('')

  function onKeyDown(event: React.KeyboardEvent) {
    // Tab goes on to the buttons; everything else is a key to choose.
    if (event.key === 'Tab' && !event.ctrlKey && !event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      onCancel()
      return
    }
    const chord = chordOf(event.nativeEvent, isMac)
    if (!chord) return
    const whole = first.current ? `${first.current} ${chord}` : chord
    const problem = problemWith(whole, id, { mac: isMac })
    if (problem?.is === 'begins') {
      // The first of two keys, as G before I: the second one follows.
      first.current = whole
      setBegun(spoken(whole))
      onSay('')
      return
    }
    first.current = ''
    setBegun('')
    if (!problem) {
      onChoose(whole)
      return
    }
    const key = spoken(whole)
    switch (problem.is) {
      case 'taken':
        onSay(t`${key} is taken: ${i18n._(problem.by)}. Nothing was changed.`)
        break
      case 'field':
        onSay(t`${key} has a meaning of its own here. Nothing was changed.`)
        break
      case 'browser':
        onSay(t`${key} belongs to the browser. Nothing was changed.`)
        break
    }
  }

  return (
    <span className="flex w-full flex-wrap items-center justify-end gap-2">
      <button
        type="button"
        // biome-ignore lint/a11y/noAutofocus: it was asked for, and waits for the next key
        autoFocus
        onKeyDown={onKeyDown}
        aria-describedby={`${id}-said`}
        className="min-h-7 rounded-key border border-ink border-dashed px-2 text-meta"
      >
        {begun ? t`${begun}, and then…` : t`Press the new key`}
      </button>
      <Button size="small" variant="quiet" onClick={() => onChoose(undefined)}>{t`As at first`}</Button>
      <Button size="small" variant="quiet" onClick={onCancel}>{t`Cancel`}</Button>
      <span
        id={`${id}-said`}
        role="alert"
        className={cn('w-full text-right text-bad text-meta', !said && 'sr-only')}
      >
        {said}
      </span>
    </span>
  )
}
