import { useLingui } from '@lingui/react/macro'
import { FileText, ImageIcon, MapPin, Music, Paperclip, Sticker, UserRound } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem } from '../../ui/Menu'
import { type Attachment, kindOf, type Picker, pickers } from './attachments'
import { usePhone } from './PhoneContext'

interface AttachMenuProps {
  onFile: (attachment: Attachment) => void
}

/** What can be sent beside text. */
export function AttachMenu({ onFile }: AttachMenuProps) {
  const { t } = useLingui()
  const phone = usePhone()
  const input = useRef<HTMLInputElement>(null)
  const picker = useRef<Picker>('media')

  function pick(what: Picker) {
    picker.current = what
    if (!input.current) return
    input.current.accept = pickers[what]
    input.current.click()
  }

  return (
    <>
      <input
        ref={input}
        type="file"
        tabIndex={-1}
        aria-label={t`Choose a file`}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file can be chosen again after it was removed.
          event.target.value = ''
          if (file) onFile({ kind: kindOf(picker.current, file.type), file })
        }}
      />
      <Menu
        side="top"
        trigger={
          <IconButton
            name={t`Attach`}
            icon={<Paperclip size={18} strokeWidth={1.75} />}
            className="size-8 rounded-full pointer-coarse:size-9"
          />
        }
      >
        <MenuItem icon={<ImageIcon {...small} />} onSelect={() => pick('media')}>
          {t`Photo or video`}
        </MenuItem>
        <MenuItem icon={<FileText {...small} />} onSelect={() => pick('document')}>
          {t`Document`}
        </MenuItem>
        <MenuItem icon={<Music {...small} />} onSelect={() => pick('audio')}>
          {t`Audio file`}
        </MenuItem>
        <MenuItem icon={<Sticker {...small} />} onSelect={() => pick('sticker')}>
          {t`Sticker`}
        </MenuItem>
        <MenuItem icon={<MapPin {...small} />} onSelect={() => phone.ask('place')}>
          {t`Location`}
        </MenuItem>
        <MenuItem icon={<UserRound {...small} />} onSelect={() => phone.ask('contact')}>
          {t`Contact`}
        </MenuItem>
      </Menu>
    </>
  )
}

const small = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const
