import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { removeTotp, renewRecoveryCodes } from '../../api/accounts'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useChecks } from '../../signin/checks'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { toast } from '../../ui/Toast'
import { CodesOnce } from './CodesOnce'
import { myAccountKey, useMyAccount } from './useMyAccount'

interface CodeDialogProps {
  /** Switch the codes off, or make new recovery codes. */
  what: 'off' | 'codes'
  onClose: () => void
}

/** Asks for a code before something changes that somebody at an open screen must not change. */
export function CodeDialog({ what, onClose }: CodeDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  const email = useMyAccount().data?.person.email ?? ''
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const off = what === 'off'
  const form = useForm({
    start: { code: '' },
    check: { code: checks.code },
    at: { code_wrong: 'code' },
    send: async ({ code }) => {
      const proof = code.trim()
      if (off) {
        await removeTotp(proof)
        toast({ text: t`The codes are off. The password alone opens again.` })
        onClose()
      } else {
        setCodes((await renewRecoveryCodes(proof)).recovery_codes)
      }
      void queries.invalidateQueries({ queryKey: myAccountKey })
    },
  })
  if (codes) return <CodesOnce codes={codes} email={email} onClose={onClose} />
  return (
    <Dialog
      open
      keepOpen={form.values.code !== ''}
      onOpenChange={onClose}
      title={off ? t`Switch the codes off?` : t`Make new recovery codes?`}
      description={
        off
          ? t`Whoever knows your password then comes in. The recovery codes end, too.`
          : t`The former ones open nothing from then on.`
      }
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button
            variant={off ? 'danger' : 'ink'}
            type="submit"
            form="prove-code"
            busy={form.busy}
            disabledReason={form.waiting}
          >
            {off ? t`Switch codes off` : t`Make new codes`}
          </Button>
        </>
      }
    >
      <form id="prove-code" {...form.props} className="flex flex-col gap-3.5">
        <Field label={t`Code`} hint={t`From your app, or a recovery code.`} error={form.problem('code')}>
          <TextInput
            {...form.field('code')}
            autoFocus
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={32}
            className="figures font-mono"
          />
        </Field>
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}
