import { useLingui } from '@lingui/react/macro'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { Member } from '../../api/accounts'
import { Button } from '../../ui/Button'
import { SkeletonRows } from '../../ui/Skeleton'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { Invitations } from './Invitations'
import { InviteDialog } from './InviteDialog'
import { MemberDialog } from './MemberDialog'
import { MemberRow } from './MemberRow'
import { useMayManage, useMembers, useTeams } from './queries'
import { StateDialog } from './StateDialog'

/** Everybody who works here, with role and state, and who was invited. */
export function PeoplePanel() {
  const { t } = useLingui()
  const members = useMembers()
  const teams = useTeams().data ?? []
  const mayManage = useMayManage()
  const [inviting, setInviting] = useState(false)
  const [changing, setChanging] = useState<Member | null>(null)
  const [turning, setTurning] = useState<Member | null>(null)
  const active = members.data?.filter(({ state }) => state === 'active') ?? []
  const closed = members.data?.filter(({ state }) => state === 'deactivated') ?? []
  const row = (member: Member) => (
    <MemberRow
      key={member.person_id}
      member={member}
      teams={teams}
      onChange={setChanging}
      onTurn={setTurning}
    />
  )
  return (
    <Panel
      title={t({ message: 'People', context: 'of the house' })}
      action={
        mayManage ? (
          <Button
            variant="ink"
            icon={<UserPlus aria-hidden size={15} strokeWidth={2} />}
            onClick={() => setInviting(true)}
          >
            <span className="max-sm:sr-only">{t`Invite somebody`}</span>
          </Button>
        ) : undefined
      }
    >
      {members.isPending ? <SkeletonRows count={3} rowClassName="h-17" /> : null}
      {members.isError && !members.data ? (
        <LoadFailed error={members.error} busy={members.isFetching} onRetry={() => members.refetch()} />
      ) : null}
      {members.data ? (
        <div className="flex max-w-200 flex-col gap-7">
          {mayManage ? null : (
            <p className="text-second text-text2">
              {t`Owners and administrators invite people and change their roles.`}
            </p>
          )}
          <ul
            aria-label={t({ message: 'People', context: 'of the house' })}
            className="border-line-strong border-t"
          >
            {active.map(row)}
          </ul>
          {mayManage ? <Invitations teams={teams} /> : null}
          {closed.length > 0 ? (
            <section aria-labelledby="closed-accounts">
              <h3 id="closed-accounts" className="mb-1.5 font-semibold font-serif text-name">
                {t`Closed accounts`}
              </h3>
              <ul aria-label={t`Closed accounts`} className="border-line-strong border-t">
                {closed.map(row)}
              </ul>
            </section>
          ) : null}
        </div>
      ) : null}
      {inviting ? <InviteDialog teams={teams} onClose={() => setInviting(false)} /> : null}
      {changing ? <MemberDialog member={changing} teams={teams} onClose={() => setChanging(null)} /> : null}
      {turning ? <StateDialog member={turning} onClose={() => setTurning(null)} /> : null}
    </Panel>
  )
}
