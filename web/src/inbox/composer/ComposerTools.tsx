import { useLingui } from '@lingui/react/macro'
import { CornerUpLeft, LayoutTemplate, List, MapPin, Paperclip, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem } from '../../ui/Menu'
import { ButtonsDialog } from './ButtonsDialog'
import { acceptedFiles } from './files'
import { ListDialog } from './ListDialog'
import { LocationDialog } from './LocationDialog'

interface ComposerToolsProps {
  /** A row of icons, or one button that opens them on a phone. */
  form: 'row' | 'menu'
  onFiles: (files: Iterable<File>) => void
  onTemplates: () => void
}

type Asked = 'buttons' | 'list' | 'location' | null

/** What can be sent beside words. */
export function ComposerTools({ form, onFiles, onTemplates }: ComposerToolsProps) {
  const { t } = useLingui()
  const chooser = useRef<HTMLInputElement>(null)
  const [asked, setAsked] = useState<Asked>(null)
  const size = { size: 18, strokeWidth: 1.75 } as const
  const attach = () => chooser.current?.click()
  const done = () => setAsked(null)

  const interactive = (
    <>
      <MenuItem icon={<CornerUpLeft aria-hidden {...size} />} onSelect={() => setAsked('buttons')}>
        {t`Message with buttons`}
      </MenuItem>
      <MenuItem icon={<List aria-hidden {...size} />} onSelect={() => setAsked('list')}>
        {t`Message with a list`}
      </MenuItem>
      <MenuItem icon={<MapPin aria-hidden {...size} />} onSelect={() => setAsked('location')}>
        {t`Location`}
      </MenuItem>
    </>
  )

  return (
    <>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        accept={acceptedFiles}
        aria-label={t`Attach files`}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {form === 'row' ? (
        <div className="flex items-center">
          <IconButton name={t`Attach files`} icon={<Paperclip {...size} />} onClick={attach} />
          <IconButton name={t`Template`} keys="T" icon={<LayoutTemplate {...size} />} onClick={onTemplates} />
          <Menu side="top" align="start" trigger={<MenuButton name={t`Buttons, list, location`} />}>
            {interactive}
          </Menu>
        </div>
      ) : (
        <Menu side="top" align="start" trigger={<MenuButton name={t`Attach`} />}>
          <MenuItem icon={<Paperclip aria-hidden {...size} />} onSelect={attach}>
            {t`Attach files`}
          </MenuItem>
          <MenuItem icon={<LayoutTemplate aria-hidden {...size} />} onSelect={onTemplates}>
            {t`Template`}
          </MenuItem>
          {interactive}
        </Menu>
      )}
      <ButtonsDialog open={asked === 'buttons'} onClose={done} />
      <ListDialog open={asked === 'list'} onClose={done} />
      <LocationDialog open={asked === 'location'} onClose={done} />
    </>
  )
}

function MenuButton({ name, ...rest }: { name: string } & Omit<React.ComponentProps<'button'>, 'name'>) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={name}
      title={name}
      className="inline-flex size-8.5 shrink-0 items-center justify-center rounded-control max-sm:size-11 text-text2 hover:bg-hover hover:text-text data-[state=open]:bg-selected pointer-coarse:size-11"
    >
      <Plus aria-hidden size={18} strokeWidth={1.75} />
    </button>
  )
}
