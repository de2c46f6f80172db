import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import { render } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import type { BusinessNumber, Conversation, Message } from '../api/types'
import { OutgoingLetters, OutgoingProvider } from '../inbox/data/outgoing'
import { Shelf, ShelfProvider } from '../inbox/data/shelf'
import { indexMessages } from '../inbox/thread/items'
import { ThreadProvider } from '../inbox/thread/ThreadContext'
import { ViewerProvider } from '../inbox/viewer/ViewerProvider'
import { LiveRegion } from '../ui/LiveRegion'
import { aConversation } from './fixtures'

// The router scrolls when it has loaded; there is nothing to scroll here.
window.scrollTo = () => undefined

i18n.loadAndActivate({ locale: 'en', messages: {} })

interface World {
  conversation?: Conversation
  messages?: readonly Message[]
  outgoing?: OutgoingLetters
  shelf?: Shelf
  mayWrite?: boolean
  /** What Ana may do; an agent's when not given. */
  rights?: readonly string[]
  /** What stands quoted above the field. */
  quoted?: Message
  numbers?: readonly BusinessNumber[]
}

/** Draws something as if it stood in the inbox of Ana, with English words and no server. */
export async function show(part: ReactNode, world: World = {}) {
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  })
  queries.setQueryData(['me'], {
    person: {
      id: 'per_ana',
      name: 'Ana Ribeiro',
      email: 'ana@house.example',
      role: 'agent',
      locale: '',
      rights: world.rights ?? ['read', 'send', 'assign'],
    },
    workspace: 'Demo',
  })
  queries.setQueryData(['numbers'], world.numbers ?? [])
  const { conversation = aConversation(), messages = [], mayWrite = true } = world
  const place = {
    conversation,
    messages: indexMessages(messages),
    mayWrite,
    jumpTo: () => undefined,
    quote: () => undefined,
    takeQuote: () => (world.quoted ? { id: world.quoted.message_id } : undefined),
    openTemplates: () => undefined,
    editLetter: () => undefined,
  }
  const inside = (
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <OutgoingProvider value={world.outgoing ?? new OutgoingLetters()}>
            <ShelfProvider value={world.shelf ?? new Shelf()}>
              <ThreadProvider value={place}>
                <ViewerProvider messages={messages} jumpTo={() => undefined}>
                  {part}
                </ViewerProvider>
              </ThreadProvider>
            </ShelfProvider>
          </OutgoingProvider>
          <LiveRegion />
        </Tooltip.Provider>
      </QueryClientProvider>
    </I18nProvider>
  )
  const root = createRootRoute()
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: '/', component: () => inside }),
      createRoute({ getParentRoute: () => root, path: '/c/$conversation', component: () => inside }),
    ]),
    history: createMemoryHistory(),
  })
  await router.load()
  return { queries, ...render(<RouterProvider router={router as never} />) }
}
