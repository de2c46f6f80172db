import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { deleteTeam, makeTeam, renameTeam, type Team } from '../../api/accounts'
import { useModeNames } from '../../team/modes'
import { useRouting } from '../../team/queries'
import { useOpening } from '../../team/useOpening'
import { Button, buttonClass } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { SkeletonRows } from '../../ui/Skeleton'
import { toast } from '../../ui/Toast'
import { AskDialog } from '../AskDialog'
import { LoadFailed } from '../LoadFailed'
import { Panel } from '../Panel'
import { teamsKey, useMayManage, useMembers, useTeams } from '../people/queries'
import { RenameDialog } from '../RenameDialog'
import { MembersDialog } from './MembersDialog'
import { RoutingPanel } from './RoutingPanel'

type Doing = { what: 'make' } | { what: 'name' | 'members' | 'delete'; team: Team }

/** The parts of the house, or one of them with how it hands out. */
export function TeamsPanel() {
  const item = useParams({ strict: false }).item
  return item ? <RoutingPanel key={item} team={item} /> : <TeamTable />
}

/** Who belongs to which. */
function TeamTable() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const teams = useTeams()
  const mayManage = useMayManage()
  const [doing, setDoing] = useState<Doing | null>(null)
  const leave = () => setDoing(null)
  const again = () =>
    Promise.all([teamsKey, ['people']].map((queryKey) => queries.invalidateQueries({ queryKey })))
  const make = mayManage ? (
    <Button
      variant="ink"
      icon={<Plus aria-hidden size={15} strokeWidth={2} />}
      onClick={() => setDoing({ what: 'make' })}
    >
      {t`Make a team`}
    </Button>
  ) : undefined
  return (
    <Panel title={t`Teams`} action={teams.data?.length ? make : undefined}>
      {teams.isPending ? <SkeletonRows count={2} avatar={false} rowClassName="h-14" /> : null}
      {teams.isError && !teams.data ? (
        <LoadFailed error={teams.error} busy={teams.isFetching} onRetry={() => teams.refetch()} />
      ) : null}
      {teams.data?.length === 0 ? (
        <EmptyState title={t`There is no team yet.`} action={make}>
          {t`Teams say who belongs together: workshop and shop, or two branches. Conversations can be handed to them.`}
        </EmptyState>
      ) : null}
      {teams.data?.length ? (
        <ul aria-label={t`Teams`} className="max-w-200 border-line-strong border-t">
          {teams.data.map((team) => (
            <TeamRow key={team.team_id} team={team} mayManage={mayManage} onDo={setDoing} />
          ))}
        </ul>
      ) : null}
      {doing?.what === 'make' ? (
        <RenameDialog
          title={t`What is the team called?`}
          description={t`People are chosen afterwards.`}
          action={t`Make the team`}
          name=""
          about={['team_taken']}
          onName={async (name) => {
            await makeTeam(name)
            await again()
          }}
          onClose={leave}
        />
      ) : null}
      {doing?.what === 'name' ? (
        <RenameDialog
          title={t`What is the team called?`}
          action={t`Save the name`}
          name={doing.team.name}
          about={['team_taken']}
          onName={async (name) => {
            await renameTeam(doing.team.team_id, name)
            await again()
          }}
          onClose={leave}
        />
      ) : null}
      {doing?.what === 'members' ? <MembersDialog team={doing.team} onClose={leave} /> : null}
      {doing?.what === 'delete' ? (
        <AskDialog
          title={t`Delete the team “${doing.team.name}”?`}
          description={t`Its people (${doing.team.members.length}) stay, and so does what they wrote.`}
          action={t`Delete the team`}
          keep={t`Keep the team`}
          onDo={async () => {
            await deleteTeam(doing.team.team_id)
            await again()
            toast({ text: t`Deleted: ${doing.team.name}` })
          }}
          onClose={leave}
        />
      ) : null}
    </Panel>
  )
}

interface TeamRowProps {
  team: Team
  mayManage: boolean
  onDo: (doing: Doing) => void
}

function TeamRow({ team, mayManage, onDo }: TeamRowProps) {
  const { t } = useLingui()
  const members = useMembers().data ?? []
  const names = team.members
    .map((id) => members.find(({ person_id }) => person_id === id)?.name)
    .filter((name) => name !== undefined)
  const { name } = team
  const modes = useModeNames()
  const opening = useOpening()
  const routing = useRouting().data?.find(({ team_id }) => team_id === team.team_id)
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2.5">
      <div className="min-w-0 flex-1 basis-44">
        <p className="font-semibold text-ui [overflow-wrap:anywhere]">{name}</p>
        <p className="text-meta text-text3 [overflow-wrap:anywhere]">
          {names.length > 0 ? names.join(', ') : t`nobody yet`}
        </p>
        {routing ? (
          <p className="figures text-meta text-text2">
            {modes[routing.mode]} · {opening(routing)}
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap gap-1 max-sm:-ms-2.5">
        <Link
          to="/settings/$section/$item"
          params={{ section: 'teams', item: team.team_id }}
          aria-label={t`How ${name} hands out`}
          className={buttonClass({ size: 'small', variant: 'quiet' })}
        >
          {t`Handing out`}
        </Link>
        {mayManage ? (
          <>
            <Button
              size="small"
              variant="quiet"
              aria-label={t`Choose the people of ${name}`}
              onClick={() => onDo({ what: 'members', team })}
            >
              {t({ message: 'People', context: 'of the house' })}
            </Button>
            <Button
              size="small"
              variant="quiet"
              aria-label={t`Rename ${name}`}
              onClick={() => onDo({ what: 'name', team })}
            >
              {t`Rename`}
            </Button>
            <Button
              size="small"
              variant="quiet"
              aria-label={t`Delete ${name}`}
              onClick={() => onDo({ what: 'delete', team })}
            >
              {t`Delete`}
            </Button>
          </>
        ) : null}
      </div>
    </li>
  )
}
