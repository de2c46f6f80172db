import { useLingui } from '@lingui/react/macro'
import { Ellipsis, EyeOff, MailCheck, PencilLine } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { formatPhone } from '../../i18n/phone'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu'
import { TextInput } from '../../ui/TextInput'
import type { CustomerPatch } from '../client'
import type { Customer } from '../model'

interface PhoneHeadProps {
  customer: Customer
  onPatch: (patch: CustomerPatch) => void
  onRead: () => void
  onRemove: () => void
  /** In place of the name on a narrow screen: the choice of another phone. */
  picker: ReactNode
}

/** Whose phone it is, and what can be done with it that is not done in a chat. */
export function PhoneHead({ customer, onPatch, onRead, onRemove, picker }: PhoneHeadProps) {
  const { t } = useLingui()
  const [renaming, setRenaming] = useState(false)
  const { name, phone, username, usernameOnly } = customer
  return (
    <div className="flex items-center gap-2">
      {picker ? <div className="min-w-0 flex-1 sm:hidden">{picker}</div> : null}
      <h2 className={cn('flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2', picker && 'max-sm:sr-only')}>
        <span dir="auto" className="truncate font-semibold text-ui">
          {name}
        </span>
        <span className="figures truncate font-normal text-second text-text2">
          {usernameOnly && username ? `@${username}` : formatPhone(phone)}
        </span>
      </h2>
      <Menu
        trigger={<IconButton name={t`More about ${name}`} icon={<Ellipsis size={18} strokeWidth={1.75} />} />}
      >
        <MenuItem icon={<PencilLine {...small} />} onSelect={() => setRenaming(true)}>
          {t`Change name`}
        </MenuItem>
        <MenuItem icon={<MailCheck {...small} />} onSelect={onRead}>
          {t`Read everything`}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={<EyeOff {...small} />} onSelect={onRemove}>
          {t`Hide this phone`}
        </MenuItem>
      </Menu>
      {renaming ? (
        <NameDialog
          customer={customer}
          onDone={(patch) => {
            if (patch) onPatch(patch)
            setRenaming(false)
          }}
        />
      ) : null}
    </div>
  )
}

interface NameDialogProps {
  customer: Customer
  onDone: (patch: CustomerPatch | null) => void
}

function NameDialog({ customer, onDone }: NameDialogProps) {
  const { t } = useLingui()
  const [name, setName] = useState(customer.name)
  const [username, setUsername] = useState(customer.username)
  const changed = name !== customer.name || username !== customer.username
  return (
    <Dialog
      open
      onOpenChange={() => onDone(null)}
      title={t`What is this person called?`}
      description={t`The business learns it with their next message.`}
      keepOpen={changed}
      footer={
        <>
          <Button onClick={() => onDone(null)}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            disabledReason={name.trim() ? undefined : t`A name is needed.`}
            onClick={() => onDone({ name: name.trim(), username: username.trim().replace(/^@/, '') })}
          >
            {t`Save name`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t`Name`}>
          <TextInput dir="auto" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t`Username (optional)`}>
          <TextInput value={username} onChange={(event) => setUsername(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  )
}

const small = { 'aria-hidden': true, size: 15, strokeWidth: 1.75 } as const
