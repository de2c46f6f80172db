import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { createContext, type ReactNode, useContext } from 'react'
import { IconButton } from '../../ui/IconButton'

/** The screen of the phone, in which its sheets come up. */
export const ScreenContext = createContext<HTMLElement | null>(null)

interface PhoneSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  children: ReactNode
}

/** A sheet that rises inside one phone and covers the lower part of its chat. */
export function PhoneSheet({ open, onOpenChange, title, children }: PhoneSheetProps) {
  const { t } = useLingui()
  const screen = useContext(ScreenContext)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal container={screen}>
        <Radix.Overlay className="absolute inset-0 z-20 animate-appear bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The first thing to fill in or choose; the way out comes first only in the order of the page.
            const first = (event.currentTarget as HTMLElement).querySelector<HTMLElement>('input, textarea')
            if (!first) return
            event.preventDefault()
            first.focus()
          }}
          className="absolute inset-x-0 bottom-0 z-20 flex max-h-[85%] animate-sheet flex-col rounded-t-dialog border-line border-t bg-surface shadow-e3 outline-none"
        >
          <div className="flex items-center justify-between gap-2 py-1.5 pr-1.5 pl-4">
            <Radix.Title className="font-semibold text-name">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton name={t`Close`} keys="Esc" icon={<X size={18} strokeWidth={1.75} />} />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-1 pb-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
