import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { comeBack } from '../frame/session'
import { ownPath } from './place'

/** After a sign-in: asks who it is and opens the page that was wanted. */
export function useComeIn(next?: string) {
  const queries = useQueryClient()
  const router = useRouter()
  return async () => {
    await comeBack(queries)
    router.history.replace(ownPath(next))
  }
}
