import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../api/desk'
import type { Tab } from '../api/types'
import { useFormat } from '../i18n/format'
import { keepTab } from '../inbox/list/tab'
import { TickingWait } from './Wait'

/** The house in four figures; each that stands for conversations leads to them. */
export function Figures({ overview }: { overview: Overview }) {
  const { t } = useLingui()
  const format = useFormat()
  const { waiting, longest_waiting_since: since, assigned, snoozed } = overview
  return (
    <dl className="grid grid-cols-4 rounded-card border border-line bg-surface max-md:grid-cols-2">
      <Figure name={t({ message: 'Waiting', context: 'figure' })} list="unassigned">
        {format.number(waiting)}
      </Figure>
      <Figure name={t`Longest wait`}>
        {since ? <TickingWait since={since} /> : <span className="text-text3">{t`Nobody waits`}</span>}
      </Figure>
      <Figure name={t`With somebody`} list="all">
        {format.number(assigned)}
      </Figure>
      <Figure name={t`Put away`} list="later">
        {format.number(snoozed)}
      </Figure>
    </dl>
  )
}

interface FigureProps {
  name: string
  /** The list of the inbox that the figure counts. */
  list?: Tab
  children: ReactNode
}

function Figure({ name, list, children }: FigureProps) {
  return (
    <div className="relative min-w-0 border-line px-4.5 py-3.5 md:not-first:border-s max-md:even:border-s max-md:nth-3:border-t max-md:nth-4:border-t">
      <dt className="text-second text-text2">
        {list ? (
          <Link
            to="/"
            onClick={() => keepTab(list)}
            className="after:absolute after:inset-0 after:rounded-card hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus focus-visible:after:-outline-offset-2"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </dt>
      <dd className="figures font-semibold font-serif text-figure">{children}</dd>
    </div>
  )
}
