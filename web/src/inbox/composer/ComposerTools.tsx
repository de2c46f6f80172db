import { useLingui } from '@lingui/react/macro'
import { CornerUpLeft, LayoutTemplate, List, MapPin, Mic, Paperclip, Plus, User } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useCommands } from '../../keys/commands'
import { useKeysOf } from '../../keys/keymap'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem } from '../../ui/Menu'
import { acceptedFiles } from './files'

// The forms are rarely used, so they are fetched when one is opened for the first time.
const forms = {
  buttons: lazy(() => import('./forms').then(({ ButtonsDialog }) => ({ default: ButtonsDialog }))),
  list: lazy(() => import('./forms').then(({ ListDialog }) => ({ default: ListDialog }))),
  location: lazy(() => import('./forms').then(({ LocationDialog }) => ({ default: LocationDialog }))),
  contacts: lazy(() => import('./forms').then(({ ContactsDialog }) => ({ default: ContactsDialog }))),
}

interface ComposerToolsProps {
  /** A row of icons, or one button that opens them on a phone. */
  form: 'row' | 'menu'
  onFiles: (files: Iterable<File>) => void
  onTemplates: () => void
  /** Where the browser can record; on a phone the button stands beside the field instead. */
  onRecord?: () => void
}

type Form = keyof typeof forms

/** What can be sent beside words. */
export function ComposerTools({ form, onFiles, onTemplates, onRecord }: ComposerToolsProps) {
  const { t } = useLingui()
  const key = useKeysOf('attach', 'templates')
  const chooser = useRef<HTMLInputElement>(null)
  const [asked, setAsked] = useState<Form | null>(null)
  const size = { size: 18, strokeWidth: 1.75 } as const
  const attach = () => chooser.current?.click()
  // Both forms are on the page and one of them is hidden; either chooser is the same to who asks for it.
  useCommands({ attach })
  const done = () => setAsked(null)
  // A form that was opened stays, so that what was typed into it does.
  const [opened, setOpened] = useState<readonly Form[]>([])
  function open(form: Form) {
    if (!opened.includes(form)) setOpened([...opened, form])
    setAsked(form)
  }

  const interactive = (
    <>
      <MenuItem icon={<CornerUpLeft aria-hidden {...size} />} onSelect={() => open('buttons')}>
        {t`Message with buttons`}
      </MenuItem>
      <MenuItem icon={<List aria-hidden {...size} />} onSelect={() => open('list')}>
        {t`Message with a list`}
      </MenuItem>
      <MenuItem icon={<MapPin aria-hidden {...size} />} onSelect={() => open('location')}>
        {t`Location`}
      </MenuItem>
      <MenuItem icon={<User aria-hidden {...size} />} onSelect={() => open('contacts')}>
        {t`Contacts`}
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
          <IconButton
            name={t`Attach files`}
            keys={key.attach}
            icon={<Paperclip {...size} />}
            onClick={attach}
          />
          <IconButton
            name={t`Template`}
            keys={key.templates}
            icon={<LayoutTemplate {...size} />}
            onClick={onTemplates}
          />
          <Menu side="top" align="start" trigger={<MenuButton name={t`Buttons, list, location, contacts`} />}>
            {interactive}
          </Menu>
          {onRecord ? (
            <IconButton name={t`Record a voice message`} icon={<Mic {...size} />} onClick={onRecord} />
          ) : null}
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
      {opened.map((name) => {
        const Form = forms[name]
        return (
          <Suspense key={name} fallback={null}>
            <Form open={asked === name} onClose={done} />
          </Suspense>
        )
      })}
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
