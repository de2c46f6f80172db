import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { AppFrame } from './frame/AppFrame'
import { ErrorPage } from './frame/ErrorPage'
import { NotFoundPage } from './frame/NotFoundPage'
import { SignInPage } from './frame/SignInPage'
import { InboxPage } from './inbox/InboxPage'

const root = createRootRoute({ notFoundComponent: NotFoundPage })

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: AppFrame })

const tree = root.addChildren([
  frame.addChildren([createRoute({ getParentRoute: () => frame, path: '/', component: InboxPage })]),
  createRoute({ getParentRoute: () => root, path: '/signin', component: SignInPage }),
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
