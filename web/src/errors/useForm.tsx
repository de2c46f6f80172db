import { useLingui } from '@lingui/react/macro'
import { type ChangeEvent, type FormEvent, useEffect, useRef, useState } from 'react'
import { Refusal } from '../api/client'
import { useSecondsLeft } from '../ui/useSecondsLeft'
import { useRefusalWords } from './refusals'

type Values<Name extends string> = Readonly<Record<Name, string>>
/** What is wrong with a value, in words for people; undefined when nothing is. */
export type Check = (value: string, values: Readonly<Record<string, string>>) => string | undefined

interface FormOptions<Name extends string> {
  start: Values<Name>
  /** Said once the field was left or the form was sent, never while somebody begins to type. */
  check?: Partial<Record<NoInfer<Name>, Check>>
  /** Throws what the server answers; the form shows it. */
  send: (values: Values<NoInfer<Name>>) => Promise<void>
  /** The field beside which a refusal stands, by its code. */
  at?: Readonly<Record<string, NoInfer<Name>>>
}

interface Failure<Name extends string> {
  text: string
  code?: string
  field: Name | undefined
  /** Until when the server hears no more tries, in milliseconds since 1970; 0: now. */
  until: number
}

/** One form: what is typed, what is wrong with it, and what the server said. What was typed is never lost. */
export function useForm<Name extends string>({ start, check = {}, send, at = {} }: FormOptions<Name>) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const [values, setValues] = useState(start)
  const [left, setLeft] = useState<ReadonlySet<Name>>(new Set())
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure<Name> | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const seconds = useSecondsLeft(failure?.until ?? 0)
  const names = Object.keys(start) as Name[]
  const checks: Partial<Record<Name, Check>> = check
  const wrong = (name: Name) => checks[name]?.(values[name], values)

  // Where the first wrong field is, is known when the fields have their errors.
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [tries])

  function set(name: Name, value: string) {
    setValues((former) => ({ ...former, [name]: value }))
    if (failure?.field === name) setFailure(null)
  }

  async function onSubmit(event?: FormEvent) {
    event?.preventDefault()
    if (busy || seconds > 0) return
    setFailure(null)
    if (names.some(wrong)) {
      setLeft(new Set(names))
      setTries((count) => count + 1)
      return
    }
    setBusy(true)
    try {
      await send(values)
    } catch (error) {
      const refused = error instanceof Refusal ? error : null
      const named = names.find((name) => refused?.fields.some((each) => each.name === name))
      setFailure({
        ...words(error),
        field: (refused && at[refused.code]) ?? named,
        until: refused?.retryAfter && refused.status === 429 ? Date.now() + refused.retryAfter * 1_000 : 0,
      })
      setTries((count) => count + 1)
    }
    setBusy(false)
  }

  return {
    values,
    set,
    busy,
    /** For the `<form>`. */
    props: { ref: form, noValidate: true, onSubmit },
    /** For the control inside a Field. */
    field: (name: Name) => ({
      value: values[name],
      onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) =>
        set(name, event.target.value),
      onBlur: () => {
        // A field that was passed by and left empty is no mistake yet.
        if (values[name] !== '') setLeft((former) => new Set(former).add(name))
      },
    }),
    /** What stands under a field. */
    problem: (name: Name) =>
      failure?.field === name ? failure.text : left.has(name) ? wrong(name) : undefined,
    /** A refusal that is about no field. */
    failure: failure && failure.field === undefined ? failure : null,
    seconds,
    /** Why the button cannot be pressed now. */
    waiting: seconds > 0 ? t`Wait until the time is over.` : undefined,
    reset: () => {
      setValues(start)
      setLeft(new Set())
      setFailure(null)
    },
  }
}
