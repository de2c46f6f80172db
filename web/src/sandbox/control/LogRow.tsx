import { useLingui } from '@lingui/react/macro'
import { ArrowDownLeft, Download, Webhook } from 'lucide-react'
import { memo, useId, useState } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import { cn } from '../../ui/cn'
import type { LogLine } from '../model'
import { curlOf } from './curl'
import { failed } from './logFilter'

interface LogRowProps {
  line: LogLine
}

/** One call or webhook: when, what and how it ended. What was refused says why at once; the rest opens. */
export const LogRow = memo(function LogRow({ line }: LogRowProps) {
  const { t, i18n } = useLingui()
  const [open, setOpen] = useState(false)
  const detailsId = useId()
  const [first, ...more] = line.updates
  const summary = first ? `${first}${more.length > 0 ? ` +${i18n.number(more.length)}` : ''}` : line.summary
  const bad = failed(line)
  const Icon = line.direction === 'in' ? ArrowDownLeft : line.kind === 'fetch' ? Download : Webhook
  return (
    <li className="border-line border-b">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={detailsId}
        onClick={() => setOpen(!open)}
        className="focus-inside flex min-h-7.5 w-full items-center gap-2 text-left hover:bg-hover pointer-coarse:min-h-11"
      >
        <time dateTime={line.at.toISOString()} className="shrink-0 text-meta text-text3">
          {clockFor(i18n.locale).format(line.at)}
        </time>
        <Icon
          aria-hidden
          size={13}
          strokeWidth={2}
          className={cn('shrink-0', line.direction === 'in' ? 'text-seal-text' : 'text-ok')}
        />
        <span className="sr-only">{line.direction === 'in' ? t`from Kontor` : t`to Kontor`}</span>
        <span
          className="min-w-0 flex-1 truncate font-mono text-meta"
          title={line.updates.join('\n') || line.summary}
        >
          {summary}
        </span>
        {line.attempt > 1 ? (
          <span className="figures shrink-0 text-meta text-warn">{t`try ${i18n.number(line.attempt)}`}</span>
        ) : null}
        <span
          className={cn(
            'figures shrink-0 font-semibold text-meta',
            bad ? 'text-bad' : line.status === 0 ? 'text-text3' : 'text-ok',
          )}
        >
          {line.status || (line.kind === 'webhook' && !line.fault && line.note ? '—' : t`none`)}
        </span>
      </button>
      {line.problem ? (
        <p className="mb-1 break-words bg-bad-tint px-2.5 py-1.5 text-meta">
          <strong className="font-semibold text-bad">{line.problem.code}</strong>{' '}
          {asSentence(line.problem.details || line.problem.title)}{' '}
          {line.method === 'POST' && line.edge === 'messages' ? t`Nothing was sent.` : null}
        </p>
      ) : null}
      <div id={detailsId} hidden={!open}>
        {open ? <Details line={line} /> : null}
      </div>
    </li>
  )
})

function Details({ line }: LogRowProps) {
  const { t, i18n } = useLingui()
  const took = `${i18n.number(line.durationMs, { maximumFractionDigits: 1 })}\u00a0ms`
  const facts: [string, string][] = [
    [t`Address`, `${line.method} ${line.path}`.trim()],
    [t`Took`, took],
    [t`Attempt`, line.attempt > 1 ? i18n.number(line.attempt) : ''],
    [t`Fault`, line.fault],
    [t`Note`, line.note],
    [t`Message`, line.wamid],
    [t`Updates`, line.updates.join('\n')],
    [t`Request`, pretty(line.request)],
    [t`Answer`, pretty(line.response)],
  ]
  return (
    <>
      <div className="flex flex-wrap gap-1.5 pt-1">
        <CopyButton variant="quiet" text={curlOf(line, window.location.origin)}>
          {t`Copy as curl`}
        </CopyButton>
        {pretty(line.request) ? (
          <CopyButton variant="quiet" text={pretty(line.request)}>
            {t`Copy request`}
          </CopyButton>
        ) : null}
      </div>
      <dl className="pb-2 text-meta">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="mt-1">
              <dt className="text-text3">{name}</dt>
              <dd
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
                tabIndex={0}
                className="max-h-72 overflow-auto whitespace-pre-wrap break-all rounded-key bg-sunken px-2 py-1 font-mono"
              >
                {value}
              </dd>
            </div>
          ))}
      </dl>
    </>
  )
}

/** Meta ends some of its sentences and some not; another one follows. */
function asSentence(text: string): string {
  return /[.!?。]$/.test(text) ? text : `${text}.`
}

function pretty(body: unknown): string {
  if (body === undefined || body === null) return ''
  return typeof body === 'string' ? body : JSON.stringify(body, null, 2)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** 10:42:06. Intl's objects are slow to make, so each language has one. */
function clockFor(language: string): Intl.DateTimeFormat {
  const known = clocks.get(language)
  if (known) return known
  const clock = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(language, clock)
  return clock
}
