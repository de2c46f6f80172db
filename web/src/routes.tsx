import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { AppFrame } from './frame/AppFrame'
import { ErrorPage } from './frame/ErrorPage'
import { NotFoundPage } from './frame/NotFoundPage'
import { SignInPage } from './frame/SignInPage'
import { InboxPage } from './inbox/InboxPage'

const root = createRootRoute({ notFoundComponent: NotFoundPage })

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: AppFrame })

// One page for both addresses, so that the list stays as it is when a conversation is opened.
const inbox = createRoute({ getParentRoute: () => frame, id: 'inbox', component: InboxPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  component: SignInPage,
  validateSearch: ({ error }): { error?: string } => (typeof error === 'string' ? { error } : {}),
})

const tree = root.addChildren([
  frame.addChildren([
    inbox.addChildren([
      createRoute({ getParentRoute: () => inbox, path: '/' }),
      createRoute({ getParentRoute: () => inbox, path: '/c/$conversation' }),
    ]),
  ]),
  signIn,
])

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: ErrorPage,
  // The panes keep their own places; nothing else scrolls.
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
