import { useLingui } from '@lingui/react/macro'
import { ArrowDownLeft, Webhook } from 'lucide-react'
import { useId, useState } from 'react'
import { SearchInput } from '../../ui/SearchInput'
import type { LogLine } from '../model'
import { useWorld } from '../useWorld'
import { LogRow } from './LogRow'
import { isOf, matches, type Sort, sorts } from './logFilter'

/** Every call and webhook, newest first. It holds still while somebody points at it or has the focus in it. */
export function LogPanel() {
  const { t, i18n } = useLingui()
  const log = useWorld((world) => world.log)
  const link = useWorld((world) => world.link)
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<Sort>('all')
  const [held, setHeld] = useState<readonly LogLine[] | null>(null)
  const titleId = useId()
  const names: Record<Sort, string> = {
    all: t`All`,
    calls: t`Calls`,
    webhooks: t`Webhooks`,
    troubles: t`Troubles`,
  }
  // A held list is let go when the sandbox starts anew.
  const still = held && log.length > 0 ? held : null
  const wanted = (line: LogLine) => isOf(line, sort) && matches(line, filter)
  const shown = (still ?? log).filter(wanted)
  const newest = still?.[0]?.seq ?? Number.POSITIVE_INFINITY
  const arrived = still ? log.filter((line) => line.seq > newest && wanted(line)).length : 0

  return (
    <section aria-labelledby={titleId} className="flex min-h-80 flex-1 flex-col px-4.5 pt-3">
      <div className="flex items-baseline justify-between gap-3">
        <h2 id={titleId} className="font-semibold text-second">{t`Every call`}</h2>
        <span role="status" className="text-second text-text2">
          {link === 'live' ? t`live` : link === 'lost' ? t`connecting again…` : t`connecting…`}
        </span>
      </div>
      <p className="mt-1 flex flex-wrap gap-x-4 text-meta text-text2">
        <span className="flex items-center gap-1.5">
          <ArrowDownLeft aria-hidden size={13} strokeWidth={2} className="text-seal-text" />
          {t`from Kontor`}
        </span>
        <span className="flex items-center gap-1.5">
          <Webhook aria-hidden size={13} strokeWidth={2} className="text-ok" />
          {t`webhook`}
        </span>
      </p>
      <SearchInput
        name={t`Filter by phone, call or id`}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        className="mt-2"
      />
      <fieldset className="mt-2 flex flex-wrap gap-1.5">
        <legend className="sr-only">{t`Which calls`}</legend>
        {sorts.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === sort}
            onClick={() => setSort(each)}
            className="inline-flex min-h-6 items-center rounded-full border border-line-strong px-2.5 text-meta text-text2 hover:bg-hover aria-pressed:border-transparent aria-pressed:bg-ink aria-pressed:text-on-ink pointer-coarse:min-h-11"
          >
            {names[each]}
          </button>
        ))}
      </fieldset>
      {/* Its height is always kept, so that nothing moves when something arrives. */}
      <p className="figures flex min-h-7 items-center justify-center text-meta text-text2">
        {arrived > 0 ? t`${i18n.number(arrived)} new, shown when the pointer leaves` : null}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only watches whether somebody is reading */}
      <div
        className="min-h-0 flex-1 overflow-y-auto pb-4 max-md:overflow-visible"
        onPointerEnter={() => setHeld(log)}
        onPointerLeave={() => setHeld(null)}
        onFocus={() => setHeld((before) => before ?? log)}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setHeld(null)
        }}
      >
        {shown.length === 0 ? (
          <p className="border-line border-t py-3 text-second text-text2">
            {filter || sort !== 'all'
              ? t`No call matches this filter.`
              : t`No call yet. The first message makes the first line.`}
          </p>
        ) : (
          <ol aria-label={t`Calls, newest first`} className="border-line border-t">
            {shown.map((line) => (
              <LogRow key={line.seq} line={line} />
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}
