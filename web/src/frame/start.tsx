import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Refusal } from '../api/client'
import { type Catalogues, startLanguage } from '../i18n/language'
import { startTheme } from '../ui/theme'
import { UiProvider } from '../ui/UiProvider'
import { ErrorBoundary } from './ErrorBoundary'
import { watchSession } from './session'
import '../ui/app.css'

/** Puts a page on the screen, with everything around it that the product and the sandbox share. */
export async function start(
  page: ReactNode,
  catalogues: Catalogues,
  later?: readonly string[],
): Promise<void> {
  startTheme()
  await startLanguage(catalogues, later)
  const queries = new QueryClient(options)
  watchSession(queries)
  const root = document.getElementById('app')
  if (!root) throw new Error('the page has no element #app')
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <UiProvider>
            <ErrorBoundary>{page}</ErrorBoundary>
          </UiProvider>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  )
}

const options = {
  defaultOptions: {
    // The server pushes what changes; asking again with every glance at the window would only cost.
    queries: { staleTime: 30_000, refetchOnWindowFocus: false, retry: mayRetry },
  },
}

/** A refusal stays one, however often it is asked; a lost answer or a fault of the server's may pass. */
function mayRetry(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof Refusal && error.status < 500)
}
