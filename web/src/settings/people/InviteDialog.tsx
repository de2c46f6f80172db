import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getSignInMethods, invite, type Team } from '../../api/accounts'
import type { Role } from '../../api/settings'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import { useFormat } from '../../i18n/format'
import { useChecks } from '../../signin/checks'
import { Button } from '../../ui/Button'
import { Checkbox } from '../../ui/Checkbox'
import { CopyButton } from '../../ui/CopyButton'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { invitationsKey } from './queries'
import { RoleField } from './RoleField'
import { TeamChoice } from './TeamChoice'

interface InviteDialogProps {
  teams: readonly Team[]
  onClose: () => void
}

/** Asks who comes and as what, then shows the link, once. */
export function InviteDialog({ teams, onClose }: InviteDialogProps) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const checks = useChecks()
  // Mail is set up exactly where forgotten passwords can be replaced by mail.
  const mail = useQuery({ queryKey: ['signin-methods'], queryFn: getSignInMethods }).data?.password_reset
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [send, setSend] = useState(true)
  const [made, setMade] = useState<Awaited<ReturnType<typeof invite>> | null>(null)
  const form = useForm({
    start: { email: '', name: '', role: 'agent' },
    check: { email: checks.email, name: (value) => (value.trim() ? checks.name(value) : undefined) },
    at: { email_taken: 'email' },
    send: async ({ email, name, role }) => {
      const fresh = await invite({
        email: email.trim(),
        name: name.trim() || undefined,
        role: role as Role,
        teams: chosen,
        send: Boolean(mail && send),
        locale: i18n.locale,
      })
      setMade(fresh)
      void queries.invalidateQueries({ queryKey: invitationsKey })
    },
  })

  if (made) return <LinkOnce made={made} onClose={onClose} />
  return (
    <Dialog
      open
      keepOpen={form.values.email !== '' || form.values.name !== ''}
      onOpenChange={onClose}
      title={t`Who is invited?`}
      description={t`They get a link that opens once, within seven days, and choose their own password.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button variant="ink" type="submit" form="invite" busy={form.busy} disabledReason={form.waiting}>
            {t`Make the invitation`}
          </Button>
        </>
      }
    >
      <form id="invite" {...form.props} className="flex flex-col gap-3.5">
        <Field label={t`E-mail`} error={form.problem('email')}>
          <TextInput
            {...form.field('email')}
            type="email"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
          />
        </Field>
        <Field label={t`Name (optional)`} error={form.problem('name')}>
          <TextInput {...form.field('name')} autoComplete="off" />
        </Field>
        <RoleField role={form.values.role as Role} onChange={(role) => form.set('role', role)} />
        <TeamChoice teams={teams} chosen={chosen} onChange={setChosen} />
        {mail ? <Checkbox label={t`Send the link by mail, too`} checked={send} onChange={setSend} /> : null}
        <FormFailure form={form} />
      </form>
    </Dialog>
  )
}

interface LinkOnceProps {
  made: Awaited<ReturnType<typeof invite>>
  onClose: () => void
}

function LinkOnce({ made: { invitation, link, mailed }, onClose }: LinkOnceProps) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <Dialog
      open
      keepOpen
      onOpenChange={onClose}
      title={t`The invitation for ${invitation.email}`}
      description={
        mailed
          ? t`A mail with the link is on its way. You can also pass it on yourself.`
          : t`Pass the link on yourself; whoever has it can accept.`
      }
      footer={<Button variant="ink" onClick={onClose}>{t`Done`}</Button>}
    >
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t`Link`} className="min-w-0 flex-1 basis-56">
          <TextInput
            readOnly
            spellCheck={false}
            value={link}
            onFocus={(event) => event.target.select()}
            className="font-mono text-second"
          />
        </Field>
        <CopyButton text={link} size="normal" variant="ink">{t`Copy`}</CopyButton>
      </div>
      <p className="mt-3 text-second text-text2">
        {t`It is shown once and holds until ${format.moment(new Date(invitation.expires_at))}.`}
      </p>
    </Dialog>
  )
}
