import { useLingui } from '@lingui/react/macro'
import { Download, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { buttonClass } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'

interface ImageViewerProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  src: string
  name: string
  filename?: string
}

/** A picture as large as the screen allows. */
export function ImageViewer({ open, onOpenChange, src, name, filename }: ImageViewerProps) {
  const { t } = useLingui()
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-2 z-40 flex animate-dialog flex-col rounded-dialog border border-line bg-surface shadow-e3 outline-none sm:inset-6"
        >
          <div className="flex min-h-14 items-center gap-2 border-line border-b py-1 pr-2 pl-4">
            <Dialog.Title className="min-w-0 flex-1 truncate font-semibold text-ui">{name}</Dialog.Title>
            <a
              href={src}
              download={filename ?? ''}
              className={buttonClass({ variant: 'quiet', size: 'small' })}
            >
              <Download aria-hidden size={15} strokeWidth={1.75} />
              {t`Download`}
            </a>
            <Dialog.Close asChild>
              <IconButton name={t`Close`} keys="Esc" icon={<X size={18} strokeWidth={1.75} />} />
            </Dialog.Close>
          </div>
          <div className="flex min-h-0 flex-1 items-center justify-center bg-thread p-2">
            <img src={src} alt={name} className="max-h-full max-w-full object-contain" />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
