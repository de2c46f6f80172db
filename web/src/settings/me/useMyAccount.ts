import { useQuery } from '@tanstack/react-query'
import { getMyAccount } from '../../api/accounts'

export const myAccountKey = ['my-account'] as const

export const useMyAccount = () => useQuery({ queryKey: myAccountKey, queryFn: getMyAccount })
