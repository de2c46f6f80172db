import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronDown, CircleAlert, CircleCheck, Clock, RotateCw } from 'lucide-react'
import { useId, useState } from 'react'
import { type Delivery, getDelivery, redeliver } from '../../api/settings'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { CopyButton } from '../../ui/CopyButton'
import { cn } from '../../ui/cn'
import { toast } from '../../ui/Toast'
import { useMinute } from '../../ui/useMinute'
import { LoadFailed } from '../LoadFailed'
import { subscriptionKeys } from './keys'
import { problemOf, stateNames } from './words'

interface DeliveryRowProps {
  subscription: string
  delivery: Delivery
}

const looks = {
  pending: { Icon: Clock, ink: 'text-warn' },
  delivered: { Icon: CircleCheck, ink: 'text-ok' },
  dead: { Icon: CircleAlert, ink: 'text-bad' },
} as const

/** One event for the address: when, what and how it ended; opens to what was sent and answered. */
export function DeliveryRow({ subscription, delivery }: DeliveryRowProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const [open, setOpen] = useState(false)
  const detailsId = useId()
  const { state, event, detail, attempts, response_status, at } = delivery
  const { Icon, ink } = looks[state]
  const moment = new Date(at ?? delivery.created_at ?? 0)
  return (
    <li className="border-line border-b">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={detailsId}
        onClick={() => setOpen(!open)}
        className="focus-inside flex min-h-11 w-full flex-wrap items-center gap-x-3 px-1 text-left hover:bg-hover"
      >
        <Icon aria-hidden size={15} strokeWidth={2} className={cn('shrink-0', ink)} />
        <span className="min-w-0 flex-1 basis-40 font-mono text-meta [overflow-wrap:anywhere]">
          {event}
          {detail ? <span className="text-text2"> {detail}</span> : null}
        </span>
        <span className={cn('text-meta', ink)}>{i18n._(stateNames[state])}</span>
        <span className="figures text-meta text-text3">
          {attempts > 1 ? `${t`${i18n.number(attempts)} tries`} · ` : ''}
          {response_status ? `${response_status} · ` : ''}
          <time dateTime={moment.toISOString()} title={format.moment(moment)}>
            {format.recent(moment, now)}
          </time>
        </span>
        <ChevronDown
          aria-hidden
          size={15}
          strokeWidth={1.75}
          className={cn('shrink-0 text-text3', open && 'rotate-180')}
        />
      </button>
      <div id={detailsId} hidden={!open}>
        {open ? <Details subscription={subscription} delivery={delivery} /> : null}
      </div>
    </li>
  )
}

function Details({ subscription, delivery }: DeliveryRowProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const [busy, setBusy] = useState(false)
  const { id, state, error, attempts, next_attempt_at, tried_at, duration_ms, event } = delivery
  const whole = useQuery({
    queryKey: subscriptionKeys.delivery(subscription, `${id} ${state} ${attempts}`),
    queryFn: () => getDelivery(subscription, id),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const problem = problemOf(error)
  const body = whole.data?.body ? JSON.stringify(whole.data.body, null, 2) : ''
  const recent = (moment: string) => format.recent(new Date(moment), now)

  async function again() {
    setBusy(true)
    try {
      await redeliver(subscription, id)
      toast({ text: t`It is told again.` })
      await queries.invalidateQueries({ queryKey: subscriptionKeys.all })
    } catch (failure) {
      toast({ text: words(failure).text, tone: 'info' })
    }
    setBusy(false)
  }

  return (
    <div className="flex flex-col gap-2 px-1 pb-3">
      <p className="text-second text-text2">
        {problem ? `${i18n._(problem)} ` : (error ?? '')}
        {tried_at ? t`Last tried ${recent(tried_at)}, took ${i18n.number(duration_ms)} ms.` : ''}{' '}
        {next_attempt_at ? t`Next at ${recent(next_attempt_at)}.` : ''}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {event === 'subscription.test' ? null : (
          <Button
            size="small"
            busy={busy}
            icon={<RotateCw aria-hidden size={13} strokeWidth={2} />}
            onClick={again}
          >
            {state === 'pending' ? t`Try now` : t`Tell again`}
          </Button>
        )}
        {body ? (
          <CopyButton variant="quiet" text={body}>
            {t`Copy body`}
          </CopyButton>
        ) : null}
        <span className="font-mono text-meta text-text3 [overflow-wrap:anywhere]">{id}</span>
      </div>
      {whole.isError ? (
        <LoadFailed error={whole.error} busy={whole.isFetching} onRetry={() => whole.refetch()} />
      ) : null}
      {whole.data ? (
        <>
          <Bytes name={t`Body`}>{body || t`Not written yet.`}</Bytes>
          {whole.data.response ? (
            <Bytes name={t({ message: 'Answer', context: 'of a program' })}>{whole.data.response}</Bytes>
          ) : null}
        </>
      ) : null}
    </div>
  )
}

function Bytes({ name, children }: { name: string; children: string }) {
  const id = useId()
  return (
    <div>
      <p id={id} className="text-meta text-text3">
        {name}
      </p>
      <section
        aria-labelledby={id}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className="focus-inside max-h-80 overflow-auto rounded-key bg-sunken px-2.5 py-1.5"
      >
        <pre className="whitespace-pre-wrap break-all font-mono text-meta">{children}</pre>
      </section>
    </div>
  )
}
