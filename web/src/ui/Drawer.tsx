import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './IconButton'

interface DrawerProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  children: ReactNode
}

/** A pane that comes in from the side where the screen is too narrow to keep it open. */
export function Drawer({ open, onOpenChange, title, children }: DrawerProps) {
  const { t } = useLingui()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-40 flex w-83 max-w-full animate-drawer flex-col border-line border-l bg-surface shadow-e3 outline-none"
        >
          <div className="flex h-16 shrink-0 items-center justify-between gap-2 border-line border-b px-4">
            <Radix.Title className="font-semibold font-serif text-section">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton name={t`Close`} keys="Esc" icon={<X size={18} strokeWidth={1.75} />} />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto pb-[env(safe-area-inset-bottom)]">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
