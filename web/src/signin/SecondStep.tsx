import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { type SignedIn, signInSecond } from '../api/accounts'
import { Refusal } from '../api/client'
import { FormFailure } from '../errors/FormFailure'
import { useRefusalWords } from '../errors/refusals'
import { useForm } from '../errors/useForm'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import { useChecks } from './checks'

interface SecondStepProps {
  token: string
  methods: SignedIn['methods']
  onDone: () => Promise<void> | void
  /** Back to the password, with the reason; empty when the person wants it. */
  onBack: (why: string) => void
}

/** After the password: a code of the authenticator app, or a recovery code by whoever has lost the app. */
export function SecondStep({ token, methods, onDone, onBack }: SecondStepProps) {
  const { t } = useLingui()
  const [recovering, setRecovering] = useState(!methods.includes('totp'))
  const other = recovering ? methods.includes('totp') : methods.includes('recovery_code')
  return (
    <div className="flex flex-col gap-3.5">
      <CodeForm
        key={recovering ? 'recovery' : 'totp'}
        token={token}
        recovering={recovering}
        onDone={onDone}
        onBack={onBack}
      />
      <div className="flex flex-wrap gap-2">
        {other ? (
          <Button variant="quiet" size="small" className="-ms-2.5" onClick={() => setRecovering(!recovering)}>
            {recovering ? t`Use the app` : t`Use a recovery code`}
          </Button>
        ) : null}
        <Button variant="quiet" size="small" onClick={() => onBack('')}>
          {t`Back to the password`}
        </Button>
      </div>
    </div>
  )
}

interface CodeFormProps extends Omit<SecondStepProps, 'methods'> {
  recovering: boolean
}

function CodeForm({ token, recovering, onDone, onBack }: CodeFormProps) {
  const { t } = useLingui()
  const checks = useChecks()
  const words = useRefusalWords()
  const form = useForm({
    start: { code: '' },
    check: { code: checks.code },
    at: { code_wrong: 'code' },
    send: async ({ code }) => {
      try {
        await signInSecond(
          token,
          recovering ? { recovery_code: code.trim() } : { code: code.replace(/\s/g, '') },
        )
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'second_step_ended')) throw error
        onBack(words(error).text)
        return
      }
      await onDone()
    },
  })
  return (
    <form {...form.props} aria-label={t`Second step`} className="flex flex-col gap-3.5">
      <Field
        label={recovering ? t`Recovery code` : t`Code from your app`}
        hint={
          recovering
            ? t`One of the ten that were shown when you switched the codes on. Each works once.`
            : t`Your authenticator app shows six digits, new ones every half minute.`
        }
        error={form.problem('code')}
      >
        <TextInput
          {...form.field('code')}
          autoFocus
          name="code"
          autoComplete="one-time-code"
          inputMode={recovering ? 'text' : 'numeric'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={32}
          className="figures font-mono"
        />
      </Field>
      <FormFailure form={form} />
      <Button type="submit" variant="ink" size="footer" busy={form.busy} disabledReason={form.waiting}>
        {t`Sign in`}
      </Button>
    </form>
  )
}
