import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** A question. */
  title: ReactNode
  /** The consequence, with counts. */
  description?: ReactNode
  children?: ReactNode
  /** The safe choice first, it gets the focus; what destroys or sends comes last, on the right. */
  footer?: ReactNode
  /** Set while something is typed inside: a click outside then does not close. */
  keepOpen?: boolean
  /** Set where nothing inside takes the focus: what is longer than the screen is then scrolled by keys. */
  reading?: boolean
  /** For a list with a field above it: on a screen that is touched the keyboard does not cover the list at once. */
  calm?: boolean
  className?: string
}

/** Asks before something happens. A centred card, on phones a sheet from below. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  keepOpen = false,
  reading = false,
  calm = false,
  className,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => {
            if (!calm || !window.matchMedia('(pointer: coarse)').matches) return
            event.preventDefault()
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
          }}
          onInteractOutside={(event) => {
            if (keepOpen) event.preventDefault()
          }}
          onEscapeKeyDown={(event) => {
            // It takes back what an input method proposes, and not all that was typed.
            if (event.isComposing || event.keyCode === 229) event.preventDefault()
          }}
          className={cn(
            'fixed inset-x-0 bottom-0 z-40 flex max-h-[90dvh] animate-dialog flex-col rounded-t-dialog border border-line bg-surface px-4.5 pt-4.5 pb-[max(1.125rem,env(safe-area-inset-bottom))] shadow-e3 outline-none',
            'sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-120 sm:max-w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-dialog sm:pb-4.5',
            className,
          )}
        >
          <Radix.Title className="font-semibold font-serif text-section">{title}</Radix.Title>
          {description ? (
            <Radix.Description className="mt-1.5 text-second text-text2">{description}</Radix.Description>
          ) : null}
          {children ? (
            <div
              // It scrolls, and nothing in it takes the keys
              tabIndex={reading ? 0 : undefined}
              className="focus-inside -mx-1 mt-3 -mb-1 min-h-0 flex-1 overflow-y-auto p-1"
            >
              {children}
            </div>
          ) : null}
          {footer ? <div className="mt-4 flex flex-wrap justify-end gap-2">{footer}</div> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
