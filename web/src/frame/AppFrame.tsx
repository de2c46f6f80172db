import { useLingui } from '@lingui/react/macro'
import { Outlet, useParams, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { startingLanguage, withWords } from '../i18n/language'
import { Banner } from '../ui/Banner'
import { Button } from '../ui/Button'
import { cn } from '../ui/cn'
import { Rail } from './Rail'
import { usePresence, useSession } from './session'

// Only whoever's session ends before their eyes loads it.
const SignInAgain = lazy(async () => {
  const file = await withWords('signin', import('../signin/SignInAgain'))
  return { default: file.SignInAgain }
})

/** Rail and page. Whoever is not signed in is led to the page where they can; whoever was stays where they are. */
export function AppFrame() {
  const { t } = useLingui()
  const session = useSession()
  const { ended } = usePresence()
  const inside = useParams({ strict: false }).conversation !== undefined
  const locale = session.data?.person.locale

  useEffect(() => {
    if (locale) void startingLanguage(locale)
  }, [locale])

  if (session.data === null) return <ToSignIn />
  return (
    <div className="flex h-full min-w-80 max-sm:flex-col">
      <a
        href="#page"
        className="sr-only z-50 rounded-control bg-surface px-3 py-2 font-semibold text-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {t`Skip to the page`}
      </a>
      {/* On a phone an open conversation has the whole screen. */}
      <Rail className={cn(inside && 'max-sm:hidden')} />
      <main id="page" tabIndex={-1} className="relative flex min-h-0 min-w-0 flex-1 outline-none">
        {session.data ? <Outlet /> : null}
        {session.isError ? (
          <Banner
            tone="warn"
            className="m-auto"
            title={t`The server did not answer.`}
            action={
              <Button size="small" onClick={() => session.refetch()} busy={session.isFetching}>
                {t`Try again`}
              </Button>
            }
          >
            {t`Nothing was sent.`}
          </Banner>
        ) : null}
      </main>
      {ended && session.data ? (
        <Suspense>
          <SignInAgain person={session.data.person} />
        </Suspense>
      ) : null}
    </div>
  )
}

/** Leads to the sign-in page once, and lets it know which page was wanted. */
function ToSignIn() {
  const router = useRouter()
  useEffect(() => {
    const { href } = router.state.location
    void router.navigate({ to: '/signin', search: href === '/' ? {} : { next: href }, replace: true })
  }, [router])
  return null
}
