import { useQuery } from '@tanstack/react-query'
import { getInvitations, getMembers, getTeams } from '../../api/accounts'
import { usePerson } from '../../frame/session'

export const membersKey = ['people', 'all'] as const
export const invitationsKey = ['invitations'] as const
export const teamsKey = ['teams'] as const

export const useMembers = () => useQuery({ queryKey: membersKey, queryFn: getMembers })
export const useTeams = () => useQuery({ queryKey: teamsKey, queryFn: getTeams })
/** While a mail is on its way, somebody looks to see it arrive. */
export const useInvitations = (enabled: boolean) =>
  useQuery({
    queryKey: invitationsKey,
    queryFn: getInvitations,
    enabled,
    refetchInterval: ({ state }) => (state.data?.some(({ mail }) => mail === 'waiting') ? 3000 : false),
  })

/** Whether the person may invite, change and close accounts, and make teams. */
export const useMayManage = () => usePerson().rights.includes('manage_people')
