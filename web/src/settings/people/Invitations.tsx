import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Hourglass, Mail, MailCheck, MailWarning, MailX } from 'lucide-react'
import { useState } from 'react'
import { cancelInvitation, type Invitation, type Team } from '../../api/accounts'
import { useFormat } from '../../i18n/format'
import { roleNames } from '../../signin/roles'
import { Button } from '../../ui/Button'
import { Chip } from '../../ui/Chip'
import { toast } from '../../ui/Toast'
import { AskDialog } from '../AskDialog'
import { LoadFailed } from '../LoadFailed'
import { invitationsKey, useInvitations } from './queries'

/** Who was invited and has not come yet. */
export function Invitations({ teams }: { teams: readonly Team[] }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const invitations = useInvitations(true)
  const [leaving, setLeaving] = useState<Invitation | null>(null)
  if (invitations.isError) {
    return (
      <LoadFailed
        error={invitations.error}
        busy={invitations.isFetching}
        onRetry={() => invitations.refetch()}
      />
    )
  }
  if (!invitations.data?.length) return null
  return (
    <section aria-labelledby="invitations">
      <h3 id="invitations" className="mb-1.5 font-semibold font-serif text-name">
        {t`Invited`}
      </h3>
      <ul aria-label={t`Invitations`} className="border-line-strong border-t">
        {invitations.data.map((invitation) => (
          <InvitationRow
            key={invitation.invitation_id}
            invitation={invitation}
            teams={teams}
            onCancel={setLeaving}
          />
        ))}
      </ul>
      {leaving ? (
        <AskDialog
          title={t`Withdraw the invitation of ${leaving.email}?`}
          description={t`The link opens nothing from then on. You can invite them anew at any time.`}
          action={t`Withdraw the invitation`}
          keep={t`Keep the invitation`}
          onDo={async () => {
            await cancelInvitation(leaving.invitation_id)
            await queries.invalidateQueries({ queryKey: invitationsKey })
            toast({ text: t`Withdrawn: ${leaving.email}` })
          }}
          onClose={() => setLeaving(null)}
        />
      ) : null}
    </section>
  )
}

interface InvitationRowProps {
  invitation: Invitation
  teams: readonly Team[]
  onCancel: (invitation: Invitation) => void
}

function InvitationRow({ invitation, teams, onCancel }: InvitationRowProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { email, name, role, state, mail, expires_at } = invitation
  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  const own = teams.filter(({ team_id }) => invitation.teams.includes(team_id)).map((team) => team.name)
  const until = format.moment(new Date(expires_at))
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <div className="min-w-0 flex-1 basis-44">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 font-semibold text-ui">
          <span className="[overflow-wrap:anywhere]">{name ? `${name} · ${email}` : email}</span>
          <Chip tone="outline" className="font-normal">
            {i18n._(roleNames[role])}
          </Chip>
          {state === 'expired' ? (
            <Chip tone="warn" icon={<MailX {...icon} />} className="font-normal">{t`expired`}</Chip>
          ) : (
            <Chip icon={<Hourglass {...icon} />} className="font-normal">{t`waits`}</Chip>
          )}
          {state === 'open' && mail ? (
            mail === 'failed' ? (
              <Chip
                tone="warn"
                icon={<MailWarning {...icon} />}
                className="font-normal"
              >{t`mail failed`}</Chip>
            ) : (
              <Chip
                icon={mail === 'sent' ? <MailCheck {...icon} /> : <Mail {...icon} />}
                className="font-normal"
              >
                {mail === 'sent' ? t`mail sent` : t`mail is on its way`}
              </Chip>
            )
          ) : null}
        </p>
        <p className="text-meta text-text3">
          {own.length > 0 ? `${own.join(', ')} · ` : ''}
          {state === 'expired' ? t`expired ${until}` : t`holds until ${until}`}
        </p>
      </div>
      <Button
        size="small"
        variant="quiet"
        aria-label={t`Withdraw the invitation of ${email}`}
        onClick={() => onCancel(invitation)}
      >
        {t`Withdraw`}
      </Button>
    </li>
  )
}
