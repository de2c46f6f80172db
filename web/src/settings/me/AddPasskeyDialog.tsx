import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { addPasskey, beginPasskey, type MyAccount } from '../../api/accounts'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { PasswordField } from '../../signin/PasswordField'
import { type CreationJSON, isKnown, makePasskey, wasLeft } from '../../signin/passkey'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { toast } from '../../ui/Toast'
import { passkeysKey } from './PasskeysPart'
import { myAccountKey } from './useMyAccount'

interface AddPasskeyDialogProps {
  account: MyAccount
  onClose: () => void
}

/** Asks for a name, and for the password where there is one; then the browser makes the passkey. */
export function AddPasskeyDialog({ account, onClose }: AddPasskeyDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const [notice, setNotice] = useState('')
  const asking = useRef<AbortController>(undefined)
  useEffect(() => () => asking.current?.abort(), [])
  const has = account.security.password
  const form = useForm({
    start: { name: '', password: '' },
    check: { name: checks.name, ...(has ? { password: checks.password } : {}) },
    at: { password_wrong: 'password' },
    send: async ({ name, password }) => {
      setNotice('')
      const { token, options } = await beginPasskey<CreationJSON>(has ? password : undefined)
      asking.current = new AbortController()
      try {
        const credential = await makePasskey(options.publicKey, asking.current.signal)
        await addPasskey(token, name.trim(), credential)
      } catch (error) {
        if (!(error instanceof DOMException)) throw error
        setNotice(
          isKnown(error)
            ? t`This device has a passkey of yours already. Nothing was added.`
            : wasLeft(error)
              ? t`The browser’s question was left. Nothing was added.`
              : t`This browser could not make a passkey. Nothing was added.`,
        )
        return
      }
      for (const queryKey of [passkeysKey, myAccountKey]) void queries.invalidateQueries({ queryKey })
      toast({ text: t`Added: ${name.trim()}` })
      onClose()
    },
  })
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`What is the passkey called?`}
      description={t`Afterwards the browser asks where it is kept.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            type="submit"
            form="add-passkey"
            busy={form.busy}
            disabledReason={form.waiting}
          >
            {t`Make passkey`}
          </Button>
        </>
      }
    >
      <form id="add-passkey" {...form.props} className="flex flex-col gap-3.5">
        <Field
          label={t`Name`}
          hint={t`Where you will look for it: “Laptop”, “Key ring”.`}
          error={form.problem('name')}
        >
          <TextInput {...form.field('name')} autoFocus autoComplete="off" />
        </Field>
        {has ? (
          <PasswordField
            {...form.field('password')}
            label={t`Password`}
            autoComplete="current-password"
            error={form.problem('password')}
          />
        ) : null}
        <FormFailure form={form} />
        <p role="alert" className="text-bad text-second empty:hidden">
          {notice}
        </p>
      </form>
    </Dialog>
  )
}
