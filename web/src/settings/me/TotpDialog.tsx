import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { beginTotp, confirmTotp, type MyAccount } from '../../api/accounts'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { PasswordField } from '../../signin/PasswordField'
import { Button } from '../../ui/Button'
import { CopyButton } from '../../ui/CopyButton'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { QrCode } from '../../ui/QrCode'
import { Textarea } from '../../ui/Textarea'
import { TextInput } from '../../ui/TextInput'
import { CodesOnce } from './CodesOnce'
import { myAccountKey } from './useMyAccount'

interface TotpDialogProps {
  account: MyAccount
  onClose: () => void
}

interface Begun {
  secret: string
  url: string
}

/** Switches the codes on: who it is, the picture for the app, a first code as a proof, the recovery codes. */
export function TotpDialog({ account, onClose }: TotpDialogProps) {
  const [begun, setBegun] = useState<Begun | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes) return <CodesOnce codes={codes} email={account.person.email} onClose={onClose} />
  if (begun) return <ScanStep begun={begun} onCodes={setCodes} onClose={onClose} />
  return <BeginStep account={account} onBegun={setBegun} onClose={onClose} />
}

function BeginStep({ account, onBegun, onClose }: TotpDialogProps & { onBegun: (begun: Begun) => void }) {
  const { t } = useLingui()
  const checks = useChecks()
  const has = account.security.password
  const form = useForm({
    start: { password: '' },
    check: has ? { password: checks.password } : {},
    at: { password_wrong: 'password' },
    send: async ({ password }) => onBegun(await beginTotp(has ? password : undefined)),
  })
  return (
    <Dialog
      open
      keepOpen={form.values.password !== ''}
      onOpenChange={onClose}
      title={t`Switch the codes on?`}
      description={t`You need an authenticator app on your telephone. From then on, signing in with the password asks for its code.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant="ink"
            type="submit"
            form="begin-totp"
            busy={form.busy}
            disabledReason={form.waiting}
          >
            {t`Continue`}
          </Button>
        </>
      }
    >
      <form id="begin-totp" {...form.props} className="flex flex-col gap-3.5">
        <input
          type="email"
          name="email"
          autoComplete="username"
          value={account.person.email}
          readOnly
          hidden
        />
        {has ? (
          <PasswordField
            {...form.field('password')}
            label={t`Password`}
            autoComplete="current-password"
            autoFocus
            error={form.problem('password')}
          />
        ) : null}
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}

interface ScanStepProps {
  begun: Begun
  onCodes: (codes: readonly string[]) => void
  onClose: () => void
}

function ScanStep({ begun, onCodes, onClose }: ScanStepProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const form = useForm({
    start: { code: '' },
    check: { code: checks.code },
    at: { code_wrong: 'code' },
    send: async ({ code }) => {
      const { recovery_codes } = await confirmTotp(code.replace(/\s/g, ''))
      void queries.invalidateQueries({ queryKey: myAccountKey })
      onCodes(recovery_codes)
    },
  })
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`Does the app show a code?`}
      description={t`Let the app read the picture, or type the secret into it. Then type what it shows.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="scan-totp" busy={form.busy} disabledReason={form.waiting}>
            {t`Switch codes on`}
          </Button>
        </>
      }
    >
      <form id="scan-totp" {...form.props} className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-4">
          <QrCode
            text={begun.url}
            name={t`Picture for the authenticator app`}
            className="size-44 shrink-0 rounded-field border border-line"
          />
          <div className="flex min-w-0 flex-1 basis-44 flex-col gap-2">
            <Field label={t`Secret`}>
              <Textarea
                readOnly
                rows={2}
                spellCheck={false}
                value={begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}
                onFocus={(event) => event.target.select()}
                className="font-mono text-second"
              />
            </Field>
            <CopyButton text={begun.secret}>{t`Copy the secret`}</CopyButton>
          </div>
        </div>
        <Field label={t`Code from your app`} error={form.problem('code')}>
          <TextInput
            {...form.field('code')}
            autoFocus
            autoComplete="one-time-code"
            inputMode="numeric"
            spellCheck={false}
            maxLength={12}
            className="figures font-mono"
          />
        </Field>
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
