import { useLingui } from '@lingui/react/macro'
import { CircleCheck, Info } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Toaster as Sonner, toast as sonner } from 'sonner'

const stay = 6000

interface ToastOptions {
  /** What happened, as one sentence. */
  text: string
  tone?: 'ok' | 'info'
  /** Always given where the action can be taken back. */
  onUndo?: () => void
}

/**
 * Says what was just done. Stays for six seconds, and longer while the pointer or the focus is on it. Never
 * for an error that needs an answer: that is a Banner or stands beside its field.
 */
export function toast(options: ToastOptions): void {
  // Our own clock, because sonner's does not stop for the focus.
  sonner.custom((id) => <ToastCard {...options} onGone={() => sonner.dismiss(id)} />, {
    duration: Number.POSITIVE_INFINITY,
  })
}

function ToastCard({ text, tone = 'ok', onUndo, onGone }: ToastOptions & { onGone: () => void }) {
  const { t } = useLingui()
  const [held, setHeld] = useState(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new onGone with each render must not start the clock anew
  useEffect(() => {
    if (held) return
    const timer = setTimeout(onGone, stay)
    return () => clearTimeout(timer)
  }, [held])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches whether somebody is still reading
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="flex min-h-10.5 w-full items-center gap-3 rounded-field border border-line bg-surface px-3.5 py-2 font-sans text-text text-ui shadow-e2"
    >
      {tone === 'ok' ? (
        <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-ok" />
      ) : (
        <Info aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-info" />
      )}
      <span className="flex-1">{text}</span>
      {onUndo ? (
        <button
          type="button"
          onClick={() => {
            onUndo()
            onGone()
          }}
          className="-mr-1.5 min-h-7 rounded-control px-1.5 font-semibold text-ink text-second hover:bg-hover pointer-coarse:min-h-11"
        >
          {t`Undo`}
        </button>
      ) : null}
    </div>
  )
}

/** Where toasts appear. Stands once on a page. */
export function Toaster() {
  const { t } = useLingui()
  return (
    <Sonner
      position="bottom-center"
      visibleToasts={2}
      expand
      gap={8}
      containerAriaLabel={t`Notices`}
      mobileOffset={{ bottom: 'calc(4.5rem + env(safe-area-inset-bottom))' }}
    />
  )
}
