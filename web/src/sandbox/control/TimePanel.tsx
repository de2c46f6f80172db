import { useLingui } from '@lingui/react/macro'
import { CalendarClock, Pause, Play } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { client } from '../client'
import { useDoing } from '../useDoing'
import { useMetaTime, useWorld } from '../useWorld'

/** In hours: within a session, before and after the window ends, and a week. */
const steps = [1, 23, 25, 168] as const

/** Meta's time, which can be moved: past the end of the 24-hour window, for example. */
export function TimePanel() {
  const { t, i18n } = useLingui()
  const now = useMetaTime('second')
  const moved = useWorld((world) => Math.abs(world.offset) > 5_000)
  const frozen = useWorld((world) => world.frozen !== null)
  const [setting, setSetting] = useState(false)
  const { busy, failure, attempt } = useDoing()
  const titleId = useId()

  return (
    <section aria-labelledby={titleId} className="border-line border-b px-4.5 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 id={titleId} className="font-semibold text-second">{t`Meta’s time`}</h2>
        <time dateTime={now.toISOString()} className="figures text-second text-text2">
          {momentFor(i18n.locale).format(now)}
        </time>
      </div>
      <div className="mt-2 flex flex-wrap gap-2">
        {steps.map((hours) => (
          <Button
            key={hours}
            size="small"
            aria-label={
              hours === 1 ? t`1 hour later` : hours === 168 ? t`7 days later` : t`${hours} hours later`
            }
            onClick={() => busy || attempt(() => client.advance(`${hours}h`))}
          >
            +{i18n.number(hours === 168 ? 7 : hours)}
            {'\u00a0'}
            {hours === 168 ? t({ message: 'd', context: 'short for days' }) : 'h'}
          </Button>
        ))}
        <Button
          size="small"
          variant="quiet"
          className="border-line"
          icon={<CalendarClock aria-hidden size={15} strokeWidth={1.75} />}
          onClick={() => setSetting(true)}
        >
          {t`Set`}
        </Button>
        <Button
          size="small"
          variant="quiet"
          className="border-line"
          aria-pressed={frozen}
          icon={
            frozen ? (
              <Play aria-hidden size={15} strokeWidth={1.75} />
            ) : (
              <Pause aria-hidden size={15} strokeWidth={1.75} />
            )
          }
          onClick={() => busy || attempt(() => client.freeze(!frozen))}
        >
          {frozen ? t`Let it go` : t`Let it stand`}
        </Button>
        {moved ? (
          <Button
            size="small"
            variant="quiet"
            onClick={() => busy || attempt(() => client.setClock('now'))}
          >{t`Back to now`}</Button>
        ) : null}
      </div>
      {failure ? (
        <p role="alert" className="mt-1.5 text-bad text-meta">
          {t`Not changed: ${failure}`}
        </p>
      ) : null}
      {setting ? <SetDialog now={now} onClose={() => setSetting(false)} /> : null}
    </section>
  )
}

function SetDialog({ now, onClose }: { now: Date; onClose: () => void }) {
  const { t } = useLingui()
  const [start] = useState(() => forInput(now))
  const [value, setValue] = useState(start)
  const { busy, failure, attempt } = useDoing()
  const at = new Date(value)
  const valid = !Number.isNaN(at.getTime())
  return (
    <Dialog
      open
      onOpenChange={onClose}
      keepOpen={value !== start}
      title={t`What time is it at Meta?`}
      description={t`Windows, prices and the dates of messages follow this clock. The clock of this machine stays.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            busy={busy}
            disabledReason={valid ? undefined : t`A date and a time are needed.`}
            onClick={async () => {
              if (await attempt(() => client.setClock(at))) onClose()
            }}
          >
            {t`Set time`}
          </Button>
        </>
      }
    >
      <Field label={t`Date and time`} error={failure ? t`Not changed: ${failure}` : undefined}>
        <TextInput
          type="datetime-local"
          step={1}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
    </Dialog>
  )
}

/** As an input for local dates wants it: 2026-11-20T10:42:08. */
function forInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

function momentFor(language: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}
