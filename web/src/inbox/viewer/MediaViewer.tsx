import { useLingui } from '@lingui/react/macro'
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useFormat } from '../../i18n/format'
import { announce } from '../../ui/announce'
import { buttonClass } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'
import type { Exhibit } from './gallery'
import { ZoomFrame, type ZoomHandle } from './ZoomFrame'

interface MediaViewerProps {
  exhibits: readonly Exhibit[]
  /** The one that was opened, by its address. */
  first: string
  onClose: () => void
  /** Loads older ones; undefined when there are none. */
  onOlder?: () => void
  /** Goes to the message of an exhibit; undefined where it is not in the thread. */
  onMessage?: (message: string) => void
}

/** Pictures and films as large as the screen allows, one after the other. */
export function MediaViewer({ exhibits, first, onClose, onOlder, onMessage }: MediaViewerProps) {
  const { t } = useLingui()
  const format = useFormat()
  const [src, setSrc] = useState(first)
  const frame = useRef<ZoomHandle>(null)
  const content = useRef<HTMLDivElement>(null)
  const place = Math.max(
    0,
    exhibits.findIndex((one) => one.src === src),
  )
  const shown = exhibits[place]
  const number = place + 1
  const count = exhibits.length

  // Who nears the oldest that is loaded wants to go on.
  useEffect(() => {
    if (place === 0) onOlder?.()
  }, [place, onOlder])

  if (!shown) return null
  const kind = shown.kind === 'image' ? t`Picture` : t`Video`
  const name = shown.media.caption ? `${kind}: ${shown.media.caption}` : kind

  function go(by: number) {
    const next = exhibits[place + by]
    if (!next) return
    setSrc(next.src)
    announce(t`${place + by + 1} of ${count}`)
  }

  /** Whether the key means something here. */
  function act(key: string, towards: 1 | -1): boolean {
    switch (key) {
      case 'ArrowLeft':
        go(-towards)
        return true
      case 'ArrowRight':
        go(towards)
        return true
      case 'PageUp':
        go(-1)
        return true
      case 'PageDown':
        go(1)
        return true
      case 'Home':
        go(-place)
        return true
      case 'End':
        go(count - 1 - place)
        return true
      case '+':
      case '=':
        frame.current?.nearer()
        return true
      case '-':
        frame.current?.further()
        return true
      case '0':
        frame.current?.whole()
        return true
      default:
        return false
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // A film has keys of its own while it has the focus.
    if (event.target instanceof HTMLVideoElement && event.key !== 'PageUp' && event.key !== 'PageDown') return
    const towards = document.dir === 'rtl' ? -1 : 1
    if (!act(event.key, towards)) return
    event.preventDefault()
  }

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Dialog.Content
          aria-describedby={undefined}
          // On the whole of it, not on a button whose tooltip would take the first Escape.
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            content.current?.focus()
          }}
          ref={content}
          tabIndex={-1}
          onKeyDown={onKeyDown}
          className="fixed inset-0 z-40 flex animate-dialog flex-col border-line bg-surface shadow-e3 outline-none sm:inset-6 sm:rounded-dialog sm:border"
        >
          <header className="flex min-h-14 items-center gap-1 border-line border-b py-1 pr-2 pl-4">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="truncate font-semibold text-ui" title={name}>
                <bdi>{name}</bdi>
              </Dialog.Title>
              <p className="figures text-meta text-text2 [overflow-wrap:anywhere]">
                {count > 1 ? t`${number} of ${count}` : null}
                {count > 1 && shown.at ? ' · ' : null}
                {shown.at ? format.moment(shown.at) : null}
              </p>
            </div>
            {shown.kind === 'image' ? (
              <>
                <IconButton
                  name={t`Smaller`}
                  keys="-"
                  icon={<ZoomOut size={18} strokeWidth={1.75} />}
                  onClick={() => frame.current?.further()}
                  className="max-sm:hidden"
                />
                <IconButton
                  name={t`Larger`}
                  keys="+"
                  icon={<ZoomIn size={18} strokeWidth={1.75} />}
                  onClick={() => frame.current?.nearer()}
                  className="max-sm:hidden"
                />
              </>
            ) : null}
            {onMessage && shown.message ? (
              <button
                type="button"
                onClick={() => onMessage(shown.message)}
                className={buttonClass({ variant: 'quiet', size: 'small' })}
              >
                {t`Show the message`}
              </button>
            ) : null}
            <a
              href={shown.src}
              download={shown.media.filename ?? ''}
              className={buttonClass({ variant: 'quiet', size: 'small' })}
            >
              <Download aria-hidden size={15} strokeWidth={1.75} />
              <span className="max-sm:sr-only">{t`Download`}</span>
            </a>
            <Dialog.Close asChild>
              <IconButton name={t`Close`} keys="Esc" icon={<X size={18} strokeWidth={1.75} />} />
            </Dialog.Close>
          </header>
          <div className="relative flex min-h-0 flex-1 bg-thread sm:rounded-b-dialog">
            {shown.kind === 'image' ? (
              <ZoomFrame key={shown.src} handle={frame} src={shown.src} name={name} onSwipe={go} />
            ) : (
              // biome-ignore lint/a11y/useMediaCaption: a customer's video has no captions
              <video
                key={shown.src}
                controls
                src={shown.src}
                aria-label={name}
                className="m-auto max-h-full max-w-full"
              />
            )}
            {place > 0 ? (
              <IconButton
                name={t`Previous`}
                keys="←"
                icon={<ChevronLeft size={20} strokeWidth={1.75} className="rtl:-scale-x-100" />}
                onClick={() => go(-1)}
                className="absolute start-2 top-1/2 size-11 -translate-y-1/2 rounded-full border border-line bg-surface shadow-e2"
              />
            ) : null}
            {place < count - 1 ? (
              <IconButton
                name={t`Next`}
                keys="→"
                icon={<ChevronRight size={20} strokeWidth={1.75} className="rtl:-scale-x-100" />}
                onClick={() => go(1)}
                className="absolute end-2 top-1/2 size-11 -translate-y-1/2 rounded-full border border-line bg-surface shadow-e2"
              />
            ) : null}
          </div>
          {shown.media.caption ? (
            <p
              dir="auto"
              className="max-h-24 shrink-0 overflow-y-auto border-line border-t px-4 py-2 text-second"
            >
              {shown.media.caption}
            </p>
          ) : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
