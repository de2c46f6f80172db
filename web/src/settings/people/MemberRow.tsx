import { useLingui } from '@lingui/react/macro'
import { Ellipsis, Pencil, ShieldCheck, UserCheck, UserX } from 'lucide-react'
import type { Member, Team } from '../../api/accounts'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { roleNames } from '../../signin/roles'
import { Avatar } from '../../ui/Avatar'
import { Chip } from '../../ui/Chip'
import { IconButton } from '../../ui/IconButton'
import { Menu, MenuItem } from '../../ui/Menu'
import { useMinute } from '../../ui/useMinute'
import { useMayManage } from './queries'

interface MemberRowProps {
  member: Member
  teams: readonly Team[]
  onChange: (member: Member) => void
  onTurn: (member: Member) => void
}

/** One person: who they are, what they may do, and when they were last here. */
export function MemberRow({ member, teams, onChange, onTurn }: MemberRowProps) {
  const { t, i18n } = useLingui()
  const me = usePerson()
  const mayManage = useMayManage()
  const { person_id, name, role, email, state, second_factor } = member
  const closed = state === 'deactivated'
  const own = teams.filter(({ team_id }) => member.teams.includes(team_id)).map((team) => team.name)
  // The server holds it, too.
  const beyond = role === 'owner' && me.role !== 'owner'
  return (
    <li className="flex min-h-17 items-center gap-3 border-line border-b py-2.5">
      <Avatar id={person_id} name={name} of="person" size={40} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 font-semibold text-ui">
          <span className="[overflow-wrap:anywhere]">{name}</span>
          {person_id === me.id ? <span className="font-normal text-meta text-text3">{t`you`}</span> : null}
          <Chip tone={role === 'owner' ? 'ink' : 'outline'} className="font-normal">
            {i18n._(roleNames[role])}
          </Chip>
          {closed ? (
            <Chip tone="warn" icon={<UserX aria-hidden size={13} strokeWidth={2} />} className="font-normal">
              {t`closed`}
            </Chip>
          ) : null}
          {second_factor ? (
            <Chip
              tone="ok"
              icon={<ShieldCheck aria-hidden size={13} strokeWidth={2} />}
              className="font-normal"
            >
              {t`second step`}
            </Chip>
          ) : null}
        </p>
        <p className="text-meta text-text3 [overflow-wrap:anywhere]">
          {[email, own.join(', ')].filter(Boolean).join(' · ')}
        </p>
        {mayManage ? <LastSeen member={member} /> : null}
      </div>
      {mayManage && !beyond ? (
        <Menu
          trigger={
            <IconButton
              name={t`Change ${name}`}
              icon={<Ellipsis aria-hidden size={18} strokeWidth={1.75} />}
            />
          }
        >
          <MenuItem
            icon={<Pencil aria-hidden size={15} strokeWidth={1.75} />}
            onSelect={() => onChange(member)}
          >
            {t`Change role and teams`}
          </MenuItem>
          {closed ? (
            <MenuItem
              icon={<UserCheck aria-hidden size={15} strokeWidth={1.75} />}
              onSelect={() => onTurn(member)}
            >
              {t`Open the account again`}
            </MenuItem>
          ) : person_id === me.id ? null : (
            <MenuItem
              danger
              icon={<UserX aria-hidden size={15} strokeWidth={1.75} />}
              onSelect={() => onTurn(member)}
            >
              {t`Close the account`}
            </MenuItem>
          )}
        </Menu>
      ) : null}
      {mayManage && beyond ? (
        <p className="max-w-32 text-end text-meta text-text3">{t`Only an owner changes owners.`}</p>
      ) : null}
    </li>
  )
}

function LastSeen({ member: { last_seen_at } }: { member: Member }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useMinute()
  return (
    <p className="text-meta text-text3">
      {last_seen_at ? t`last here ${format.recent(new Date(last_seen_at), now)}` : t`never here yet`}
    </p>
  )
}
