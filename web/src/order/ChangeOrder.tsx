import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { SendHorizontal } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Refusal } from '../api/client'
import { useRefusalWords } from '../errors/refusals'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Select } from '../ui/Select'
import { TextInput } from '../ui/TextInput'
import { toast } from '../ui/Toast'
import { changeOrder, closeOrder, type Order, type OrderChange, previewChange } from './api'
import { Foreseen } from './Foreseen'
import { orderKeys, useOrderSettings, useStatusName } from './queries'

/** Another status or appointment; what the customer will be told is shown before it is. */
export function ChangeOrder({ order }: { order: Order }) {
  const { t } = useLingui()
  const [closing, setClosing] = useState(false)
  return (
    <>
      <ChangeStatus order={order} />
      <ChangeAppointment order={order} />
      {order.state === 'open' ? (
        <Button className="mt-5" size="small" onClick={() => setClosing(true)}>
          {t`Close the order`}
        </Button>
      ) : null}
      {closing ? <CloseDialog order={order} onClose={() => setClosing(false)} /> : null}
    </>
  )
}

function ChangeStatus({ order }: { order: Order }) {
  const { t, i18n } = useLingui()
  const settings = useOrderSettings()
  const name = useStatusName()
  const { change, busy, failure } = useChange(order)
  // What was chosen stays when somebody else changes the order meanwhile.
  const [chosen, setChosen] = useState<string | null>(null)
  const status = chosen ?? order.status
  const statuses = settings.data?.statuses ?? []
  const differs = status !== order.status
  const messages = useForeseen(order, differs ? { status } : null)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (differs) void change({ status }, () => setChosen(null))
  }

  return (
    <form onSubmit={submit} className="mt-5 flex flex-col gap-2.5 border-line border-t pt-4">
      <Field label={t`Status`} error={failure || undefined}>
        <Select value={status} onChange={(event) => setChosen(event.target.value)}>
          {statuses.some(({ key }) => key === order.status) ? null : (
            <option value={order.status}>{order.status}</option>
          )}
          {statuses.map(({ key }) => (
            <option key={key} value={key}>
              {name(key, i18n.locale)}
            </option>
          ))}
        </Select>
      </Field>
      {differs ? <Foreseen query={messages} /> : null}
      {differs ? (
        <SubmitChange busy={busy} sends={sends(messages.data)} label={t`Change the status`} />
      ) : null}
    </form>
  )
}

function ChangeAppointment({ order }: { order: Order }) {
  const { t } = useLingui()
  const { change, busy, failure } = useChange(order)
  const minutesId = useId()
  const before = order.appointment ? localTime(order.appointment.at) : ''
  const [typed, setTyped] = useState<{ at?: string; minutes?: string }>({})
  const at = typed.at ?? before
  const minutes = typed.minutes ?? String(order.appointment?.duration_minutes ?? 0)
  const length = Math.max(0, Math.min(44_640, Math.floor(Number(minutes) || 0)))
  const differs = at !== before || (at !== '' && length !== (order.appointment?.duration_minutes ?? 0))
  const moment = at && !Number.isNaN(new Date(at).getTime()) ? new Date(at).toISOString() : ''
  const messages = useForeseen(order, at !== before ? { appointment: moment } : null)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!differs) return
    void change({ appointment: moment ? { at: moment, duration_minutes: length } : null }, () => setTyped({}))
  }

  return (
    <form onSubmit={submit} className="mt-5 flex flex-col gap-2.5 border-line border-t pt-4">
      <Field
        label={t`Appointment`}
        hint={t`In this computer's time; empty it to take the appointment away.`}
        error={failure || undefined}
      >
        <TextInput
          type="datetime-local"
          value={at}
          onChange={(event) => setTyped({ ...typed, at: event.target.value })}
        />
      </Field>
      {at ? (
        <div className="flex items-center gap-2 text-second">
          <label htmlFor={minutesId}>{t`Minutes`}</label>
          <TextInput
            id={minutesId}
            inputMode="numeric"
            maxLength={5}
            value={minutes}
            onChange={(event) => setTyped({ ...typed, minutes: event.target.value.replace(/\D/g, '') })}
            className="figures w-20"
          />
        </div>
      ) : null}
      {at !== before ? <Foreseen query={messages} /> : null}
      {differs ? (
        <SubmitChange busy={busy} sends={sends(messages.data)} label={t`Change the appointment`} />
      ) : null}
    </form>
  )
}

interface SubmitChangeProps {
  label: string
  /** Whether something leaves the house at once. */
  sends: boolean
  busy: boolean
}

function SubmitChange({ label, sends, busy }: SubmitChangeProps) {
  const { t } = useLingui()
  return (
    <Button
      type="submit"
      variant="ink"
      busy={busy}
      className="self-start"
      icon={sends ? <SendHorizontal aria-hidden size={15} strokeWidth={1.75} /> : undefined}
    >
      {sends ? t`${label} and tell the customer` : label}
    </Button>
  )
}

function sends(messages: readonly { problem: unknown; notice: string }[] | undefined): boolean {
  return Boolean(messages?.some(({ problem, notice }) => !problem && notice !== 'reminder'))
}

function useForeseen(order: Order, asked: { status?: string; appointment?: string } | null) {
  return useQuery({
    queryKey: ['order-preview', order.id, order.version, asked],
    queryFn: () => previewChange(order.id, asked ?? {}),
    enabled: asked !== null,
    staleTime: 5_000,
    retry: false,
  })
}

/**
 * Makes a change of an order as it was read; one that somebody else changed meanwhile is read anew, and what was
 * chosen stays. `done` is called once it is made.
 */
function useChange(order: Order) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')

  async function change(what: OrderChange, done: () => void) {
    setBusy(true)
    setFailure('')
    try {
      const changed = await changeOrder(order, what)
      queries.setQueryData(orderKeys.one(order.id), changed)
      done()
      toast({ text: t`Changed: ${order.id}` })
      await queries.invalidateQueries({ queryKey: orderKeys.all })
    } catch (error) {
      if (error instanceof Refusal && error.code === 'order_version') {
        setFailure(
          t`Somebody changed the order meanwhile. Nothing was changed or sent; look at it and try again.`,
        )
        await queries.invalidateQueries({ queryKey: orderKeys.one(order.id) })
      } else setFailure(words(error).text)
    }
    setBusy(false)
  }

  return { change, busy, failure }
}

function CloseDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')

  async function close() {
    setBusy(true)
    try {
      await closeOrder(order.id)
      await queries.invalidateQueries({ queryKey: orderKeys.all })
      onClose()
    } catch (error) {
      setFailure(words(error).text)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t`Close ${order.id}?`}
      description={t`It stays with its messages. Its reminder is dropped, and what the customer writes no longer belongs to it by itself. Any change opens it again.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Keep it open`}</Button>
          <Button variant="ink" busy={busy} onClick={close}>
            {t`Close the order`}
          </Button>
        </>
      }
    >
      {failure ? (
        <p role="alert" className="text-bad text-second">
          {failure}
        </p>
      ) : null}
    </Dialog>
  )
}

/** As a datetime-local field writes it, in this machine's time zone. */
export function localTime(at: string): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
