import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Refusal } from '../api/client'
import { ErrorBoundary } from '../frame/ErrorBoundary'
import { type Catalogues, speak } from '../i18n/language'
import { UiProvider } from '../ui/UiProvider'
import { SessionProvider } from './data'
import { Host, hostOrigin } from './host'
import { applyLook } from './look'
import { Panel } from './Panel'
import { Session } from './session'
import '../ui/app.css'

const catalogues = import.meta.glob('../{frame,errors,inbox,order,embed}/messages/*.po') as Catalogues

/** Nothing is shown, and nothing asked, before the page around this frame has said for which token. */
async function start(origin: string): Promise<void> {
  const host = new Host(origin)
  host.say({ kontor: 'panel', type: 'ready' })
  const open = await host.first()
  const session = new Session(host, open.token)
  applyLook(open.look, open.theme)
  await speak(catalogues, [open.lang])
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && !(error instanceof Refusal && error.status < 500),
      },
    },
  })
  let { lang: language, token } = open
  host.onOpen((next) => {
    applyLook(next.look, next.theme)
    if (next.token !== token) {
      token = next.token
      // Another one ends later, and may be of another order.
      void queries.invalidateQueries({ queryKey: ['panel'] })
    }
    if (next.lang === language) return
    language = next.lang
    void speak(catalogues, [language])
  })
  const root = document.getElementById('app')
  if (!root) throw new Error('the page has no element #app')
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <UiProvider>
            <ErrorBoundary>
              <SessionProvider value={session}>
                <Panel />
              </SessionProvider>
            </ErrorBoundary>
          </UiProvider>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  )
}

const origin = hostOrigin()
if (origin) void start(origin)
