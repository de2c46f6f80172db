import { useLingui } from '@lingui/react/macro'
import { Navigate, Outlet } from '@tanstack/react-router'
import { Rail } from './Rail'
import { useSession } from './session'

/** Rail and page. Whoever is not signed in is led to the page that says how. */
export function AppFrame() {
  const { t } = useLingui()
  const session = useSession()
  if (session.data === null) return <Navigate to="/signin" />
  return (
    <div className="flex h-full min-w-80 max-sm:flex-col">
      <a
        href="#page"
        className="sr-only z-50 rounded-control bg-surface px-3 py-2 font-semibold text-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {t`Skip to the page`}
      </a>
      <Rail />
      <main id="page" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 outline-none">
        <Outlet />
      </main>
    </div>
  )
}
