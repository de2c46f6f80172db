import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { seesQueue } from '../../frame/roles'
import { usePerson } from '../../frame/session'
import { withWords } from '../../i18n/language'
import { useCommands } from '../../keys/commands'

const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })))
const KeySheet = lazy(() =>
  withWords('keysheet', import('../../keysheet/KeySheet')).then(({ KeySheet }) => ({ default: KeySheet })),
)

/** What can be done on every page: find anything, see the keys, go to another page. */
export function Anywhere() {
  const navigate = useNavigate()
  const mayLead = seesQueue(usePerson().role)
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null)
  const close = () => setShown(null)
  useCommands({
    palette: () => setShown('palette'),
    keys: () => setShown('keys'),
    goInbox: () => void navigate({ to: '/' }),
    goMentions: () => void navigate({ to: '/', search: { view: 'mentions' } }),
    goOrders: () => void navigate({ to: '/orders' }),
    goAttention: () => void navigate({ to: '/attention' }),
    goTeam: mayLead ? () => void navigate({ to: '/team' }) : undefined,
    goSettings: () => void navigate({ to: '/settings' }),
  })
  return (
    <Suspense fallback={null}>
      {shown === 'palette' ? <Palette onClose={close} /> : null}
      {shown === 'keys' ? <KeySheet open onOpenChange={close} /> : null}
    </Suspense>
  )
}
