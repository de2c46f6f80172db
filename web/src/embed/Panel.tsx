import { useLingui } from '@lingui/react/macro'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Refusal } from '../api/client'
import { useRefusalWords } from '../errors/refusals'
import { Composer } from '../order/Composer'
import { DeskProvider } from '../order/desk'
import { Thread } from '../order/Thread'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { Chip } from '../ui/Chip'
import { SkeletonRows } from '../ui/Skeleton'
import { useMinute } from '../ui/useMinute'
import { WindowCountdown } from '../ui/WindowCountdown'
import { type PanelData, useLivePanel, usePanel, usePanelSession } from './data'
import { usePanelDesk } from './desk'

/** The whole frame: the order and its window, its messages, the field. */
export function Panel() {
  const { t } = useLingui()
  const words = useRefusalWords()
  const session = usePanelSession()
  const panel = usePanel()
  const { order: meant } = session.host
  // A token of another order shows nothing: somebody would write to the wrong customer.
  const other = panel.data !== undefined && meant !== '' && panel.data.order.id !== meant
  const live = useLivePanel(other)
  const waiting = useSyncExternalStore(session.watch, session.waiting)
  const measured = useHeight()
  const desk = usePanelDesk(panel.data)
  const over = useOverWords()

  useEffect(() => {
    if (panel.error instanceof Refusal)
      session.host.say({ kontor: 'panel', type: 'failed', code: panel.error.code })
  }, [panel.error, session])
  useEffect(() => {
    if (other) session.host.say({ kontor: 'panel', type: 'failed', code: 'panel_other_order' })
  }, [other, session])

  if (other) {
    return (
      <main className="flex h-full items-center justify-center bg-surface p-3">
        <Banner tone="warn" title={t`The order cannot be shown.`}>
          {t`The page means order ${meant}, and its token is for another one. Nothing is shown. Reload the page, or tell your administrator.`}
        </Banner>
      </main>
    )
  }
  if (panel.isError && (!panel.data || isOver(panel.error))) {
    return (
      <main className="flex h-full items-center justify-center bg-surface p-3">
        <Banner
          tone="warn"
          title={t`The order cannot be shown.`}
          action={
            <Button size="small" onClick={() => panel.refetch()} busy={panel.isFetching}>
              {t`Try again`}
            </Button>
          }
        >
          {over(panel.error) ?? words(panel.error).text}
        </Banner>
      </main>
    )
  }
  return (
    <main ref={measured} className="flex h-full min-w-0 flex-col bg-thread text-text">
      {panel.data ? <Header panel={panel.data} /> : null}
      {waiting ? (
        <Banner tone="info" className="m-2 mb-0" title={t`This page is signing you in anew.`}>
          {t`What you have typed is kept. If it takes long, reload the page.`}
        </Banner>
      ) : !live ? (
        <Banner tone="warn" className="m-2 mb-0" title={t`No connection to Kontor.`}>
          {t`It is tried again by itself; new messages appear then.`}
        </Banner>
      ) : null}
      {panel.data ? (
        <DeskProvider value={desk}>
          <Thread />
          {panel.data.rights.includes('send') ? (
            <Composer />
          ) : (
            <p className="border-line border-t bg-surface px-3 py-2 text-second text-text2">
              {t`You can read here, and not write.`}
            </p>
          )}
        </DeskProvider>
      ) : (
        <SkeletonRows count={3} avatar={false} rowClassName="h-14" />
      )}
    </main>
  )
}

/** Whether the panel may no longer be seen: what was shown goes. */
function isOver(error: Error): boolean {
  return error instanceof Refusal && (error.status === 403 || error.status === 404)
}

/** What a panel's own refusals mean for whoever looks at it; undefined for others. */
function useOverWords(): (error: Error) => string | undefined {
  const { t } = useLingui()
  const texts: Readonly<Record<string, string>> = {
    order_unknown: t`It is no longer here, or no longer yours.`,
    panel_origin_refused: t`This page may no longer show messages. Tell your administrator.`,
  }
  return (error) => (error instanceof Refusal ? texts[error.code] : undefined)
}

function Header({ panel }: { panel: PanelData }) {
  const { t, i18n } = useLingui()
  const now = useMinute()
  const { order, status_labels, window_until } = panel
  const labels = status_labels as Record<string, string>
  const status =
    labels[i18n.locale.replace('-', '_')] ?? labels[i18n.locale.split('-')[0] ?? ''] ?? order.status
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2 gap-y-0.5 border-line border-b bg-surface px-3 py-1.5">
      <h1 className="min-w-0 font-semibold text-ui [overflow-wrap:anywhere]">
        <span className="sr-only">{t({ message: 'Order', context: 'of a shop' })} </span>
        {order.id}
      </h1>
      <Chip tone="ink">{status}</Chip>
      <WindowCountdown
        now={now}
        until={window_until ? new Date(window_until) : null}
        className="ml-auto text-meta"
      />
    </header>
  )
}

/** Tells the page how high the whole content would be, so that it can make room. */
function useHeight() {
  const session = usePanelSession()
  const [main, setMain] = useState<HTMLElement | null>(null)
  useEffect(() => {
    if (!main) return
    let last = 0
    const measure = () => {
      let height = 0
      for (const part of main.children) {
        const scrolled = part.querySelector<HTMLElement>('[data-natural]')
        height += scrolled ? scrolled.scrollHeight : (part as HTMLElement).offsetHeight
      }
      if (Math.abs(height - last) < 2) return
      last = height
      session.host.say({ kontor: 'panel', type: 'height', height })
    }
    const sizes = new ResizeObserver(measure)
    const watchAll = () => {
      sizes.disconnect()
      for (const part of main.children) sizes.observe(part)
      for (const part of main.querySelectorAll('[data-natural]')) sizes.observe(part)
      measure()
    }
    const changes = new MutationObserver(watchAll)
    changes.observe(main, { childList: true })
    watchAll()
    return () => {
      sizes.disconnect()
      changes.disconnect()
    }
  }, [session, main])
  return setMain
}
