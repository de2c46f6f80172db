import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router'
import type { Narrowing } from './api/types'
import { AppFrame } from './frame/AppFrame'
import { ErrorPage } from './frame/ErrorPage'
import { NotFoundPage } from './frame/NotFoundPage'
import { withWords } from './i18n/language'
import { InboxPage } from './inbox/InboxPage'
import { narrowed, readNarrowing } from './inbox/list/narrowing'
import { Running } from './inbox/Running'

/** Those words of an address that a page knows. */
const words =
  (...names: string[]) =>
  (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
      names.flatMap((name) =>
        // What is all digits comes out of an address as a number.
        ['string', 'number'].includes(typeof search[name]) ? [[name, String(search[name])]] : [],
      ),
    )

const root = createRootRoute({ notFoundComponent: NotFoundPage })

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: AppFrame })

// Below the frame and above every page, so that nothing that goes on ends when another page is opened.
const running = createRoute({ getParentRoute: () => frame, id: 'running', component: Running })

/** What stands in the place of the list. */
interface View {
  view?: 'mentions'
}

// One page for both addresses, so that the list stays as it is when a conversation is opened.
const inbox = createRoute({
  getParentRoute: () => running,
  id: 'inbox',
  component: InboxPage,
  // What the list is narrowed by stays while conversations are opened and closed.
  validateSearch: (search): Narrowing & View => ({
    ...readNarrowing(search),
    ...(search.view === 'mentions' ? { view: 'mentions' } : {}),
  }),
  search: { middlewares: [retainSearchParams<Narrowing & View>([...narrowed])] },
})

// The inbox comes with the first load; every other page is fetched when it is opened.
const attention = createRoute({
  getParentRoute: () => running,
  path: '/attention',
  component: lazyRouteComponent(
    // How a number stands and is resumed is said as in the settings.
    () => withWords('settings', withWords('attention', import('./attention/AttentionPage'))),
    'AttentionPage',
  ),
  validateSearch: ({ status }): { status?: string } => (typeof status === 'string' ? { status } : {}),
})

const orders = createRoute({
  getParentRoute: () => running,
  id: 'orders',
  component: lazyRouteComponent(() => withWords('order', import('./order/OrdersPage')), 'OrdersPage'),
})

const team = createRoute({
  getParentRoute: () => running,
  path: '/team',
  component: lazyRouteComponent(() => withWords('team', import('./team/TeamPage')), 'TeamPage'),
})

const settings = createRoute({
  getParentRoute: () => running,
  id: 'settings',
  component: lazyRouteComponent(
    // The fields of passwords are those of the pages in front of the house; the statuses of orders have their panel,
    // and teams hand out as their own page says.
    () =>
      withWords(
        'signin',
        withWords('order', withWords('team', withWords('settings', import('./settings/SettingsPage')))),
      ),
    'SettingsPage',
  ),
})

// In front of the house; whoever is in already does not load them.
const door = { getParentRoute: () => root }

const doors = [
  createRoute({
    ...door,
    path: '/signin',
    component: lazyRouteComponent(() => withWords('signin', import('./signin/SignInPage')), 'SignInPage'),
    validateSearch: (search): { error?: string; next?: string; reset?: true } => ({
      ...words('error', 'next')(search),
      ...(search.reset ? { reset: true } : {}),
    }),
  }),
  createRoute({
    ...door,
    path: '/setup',
    component: lazyRouteComponent(() => withWords('signin', import('./signin/FirstRunPage')), 'FirstRunPage'),
    validateSearch: (search): { code?: string } => words('code')(search),
  }),
  createRoute({
    ...door,
    path: '/invite',
    component: lazyRouteComponent(() => withWords('signin', import('./signin/InvitePage')), 'InvitePage'),
    validateSearch: (search): { token?: string } => words('token')(search),
  }),
  createRoute({
    ...door,
    path: '/forgot',
    component: lazyRouteComponent(() => withWords('signin', import('./signin/ForgotPage')), 'ForgotPage'),
  }),
  createRoute({
    ...door,
    path: '/reset',
    component: lazyRouteComponent(() => withWords('signin', import('./signin/ResetPage')), 'ResetPage'),
    validateSearch: (search): { token?: string } => words('token')(search),
  }),
]

const tree = root.addChildren([
  frame.addChildren([
    running.addChildren([
      inbox.addChildren([
        createRoute({ getParentRoute: () => inbox, path: '/' }),
        createRoute({
          getParentRoute: () => inbox,
          path: '/c/$conversation',
          // A message to go to: ours, by its id.
          // And the words that were looked for, where it was found.
          validateSearch: (search): { message?: string; find?: string } => words('message', 'find')(search),
        }),
      ]),
      attention,
      team,
      orders.addChildren([
        createRoute({ getParentRoute: () => orders, path: '/orders' }),
        createRoute({ getParentRoute: () => orders, path: '/orders/$order' }),
      ]),
      settings.addChildren([
        createRoute({ getParentRoute: () => settings, path: '/settings' }),
        createRoute({
          getParentRoute: () => settings,
          path: '/settings/$section',
          // What became of linking the single sign-on.
          validateSearch: (search): { sso?: string } => words('sso')(search),
        }),
        createRoute({ getParentRoute: () => settings, path: '/settings/$section/$item' }),
      ]),
    ]),
  ]),
  ...doors,
])

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: ErrorPage,
  defaultPreload: 'intent',
  // The panes keep their own places; nothing else scrolls.
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
