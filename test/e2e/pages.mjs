// Every page of the app and of the sandbox, and what can be opened on them. A new
// address in web/src/routes.tsx or section in web/src/settings/sections.ts needs
// a line here: TestEveryPageIsLookedAt holds that.

import { api } from './browser.mjs'
import { people } from './house.mjs'

const conversation = ({ phone }) => async () => {
  const { conversation_id } = await api('GET', `/conversations/${phone}`)
  return `/c/${conversation_id}`
}

const subscription = async () => {
  const { data } = await api('GET', '/subscriptions')
  return `/settings/webhooks/${data[0].id}`
}

const team = async () => {
  const { data } = await api('GET', '/routing')
  return `/settings/teams/${data.find(({ name }) => name === 'Werkstatt Lübeck').team_id}`
}

/**
 * `route` as the app writes it, `name` of its pictures, `path` where it is to be found when the route has variables or
 * a state is asked for, `words` that show that it is there. A `guest` is nobody of the house.
 */
export const pages = [
  { route: '/', name: 'inbox', words: 'João Baptista' },
  { route: '/c/$conversation', name: 'thread', path: conversation(people.katrin), words: 'Danke für das Foto' },
  { route: '/c/$conversation', name: 'thread-locked', path: conversation(people.bruna), words: 'Vocês abrem' },
  { route: '/c/$conversation', name: 'thread-taken', path: conversation(people.aylin), words: 'Merhaba' },
  { route: '/c/$conversation', name: 'thread-held', path: conversation(people.long), words: 'Lastenrad' },
  { route: '/c/$conversation', name: 'thread-failed', path: conversation(people.marcus), words: 'Is my bicycle done?' },
  { route: '/c/$conversation', name: 'thread-arabic', path: conversation(people.layla), words: 'مرحباً' },
  { route: '/c/$conversation', name: 'thread-hebrew', path: conversation(people.dana), words: 'שלום' },
  { route: '/attention', name: 'attention', words: 'Wolfenbüttel' },
  { route: '/attention', name: 'attention-failed', path: () => '/attention?status=failed', words: 'Marcus' },
  { route: '/team', name: 'team', words: 'Werkstatt' },
  { route: '/orders', name: 'orders', words: 'R-2418' },
  { route: '/orders/$order', name: 'order', path: () => '/orders/R-2418', words: 'Auftrag #R-2418' },
  { route: '/settings', name: 'settings' },
  { route: '/settings/$section', section: 'me', name: 'me' },
  { route: '/settings/$section', section: 'desk', name: 'desk' },
  { route: '/settings/$section', section: 'replies', name: 'replies', words: 'oeffnungszeiten' },
  { route: '/settings/$section', section: 'labels', name: 'labels', words: 'Garantie' },
  { route: '/settings/$section', section: 'people', name: 'people', words: 'Ben Krüger' },
  { route: '/settings/$section', section: 'teams', name: 'teams', words: 'Werkstatt' },
  { route: '/settings/$section', section: 'numbers', name: 'numbers', words: 'Nordlicht Service' },
  { route: '/settings/$section', section: 'orders', name: 'settings-orders', words: 'order_status_update' },
  { route: '/settings/$section', section: 'webhooks', name: 'webhooks', words: 'Shop' },
  { route: '/settings/$section', section: 'keys', name: 'keys', words: 'Reports' },
  { route: '/settings/$section/$item', name: 'webhook', path: subscription, words: 'Shop' },
  { route: '/settings/$section/$item', name: 'team-routing', path: team, words: 'Werkstatt' },
  { route: '/signin', guest: true, name: 'signin' },
  { route: '/setup', guest: true, name: 'setup-done' },
  { route: '/invite', guest: true, name: 'invite-gone', path: () => '/invite?token=gone' },
  { route: '/forgot', guest: true, name: 'forgot' },
  { route: '/reset', guest: true, name: 'reset-gone', path: () => '/reset?token=gone' },
  { route: '*', name: 'nowhere', path: () => '/nowhere' },
]

export const addressOf = async ({ route, section, path }) => (path ? path() : route.replace('$section', section))

const press = (keys) => (page) => page.keyboard.press(keys)
const click = (role, name) => (page) => page.getByRole(role, { name }).first().click()
const dialog = (page) => page.getByRole('dialog').last().waitFor()
const menu = (page) => page.getByRole('menu').last().waitFor()
const then = (...acts) => async (page) => {
  for (const act of acts) await act(page)
}

/** What covers a page: dialogs, menus, sheets. On phones some are reached in other ways: `wide` ones are left out there. */
export const covers = [
  { on: 'thread', name: 'palette', open: then(press('Control+k'), dialog) },
  { on: 'thread', name: 'keys-sheet', open: then(press('?'), dialog) },
  { on: 'thread', name: 'search-help', open: press('Control+Shift+f'), wide: true },
  { on: 'thread', name: 'labels-dialog', open: then(press('l'), dialog) },
  { on: 'thread', name: 'day-dialog', open: then(press('d'), dialog) },
  { on: 'thread', name: 'snooze-menu', open: then(press('s'), menu), wide: true },
  { on: 'thread', name: 'assign-menu', open: then(press('a'), dialog) },
  { on: 'team', name: 'hand-over-dialog', open: then(click('button', /^Hand over what/), dialog) },
  { on: 'thread', name: 'note-field', open: press('n') },
  { on: 'thread', name: 'template-sheet', open: then(press('t'), (page) => page.getByRole('region', { name: 'Templates' }).waitFor()) },
  { on: 'thread', name: 'message-actions', open: then((page) => page.getByRole('article').last().hover(), (page) => page.getByRole('button', { name: 'React, reply, copy' }).last().click(), menu), wide: true },
  { on: 'thread', name: 'picture', open: then(click('button', /^Picture.*open$/), dialog) },
  ...['Message with buttons', 'Message with a list', 'Location', 'Contacts'].map((what) => ({
    on: 'thread',
    name: what.toLowerCase().replaceAll(' ', '-'),
    open: then(click('button', 'Buttons, list, location, contacts'), click('menuitem', new RegExp(`^${what}`)), dialog),
    wide: true,
  })),
  { on: 'thread-failed', name: 'why', open: then(click('button', 'Why?'), dialog) },
  { on: 'thread-held', name: 'send-again', open: then(click('button', 'Send again'), dialog) },
  { on: 'order', name: 'order-timeline', open: click('tab', 'Timeline') },
  { on: 'me', name: 'person-menu', open: then(click('button', /: language, appearance, sign out/), menu) },
  { on: 'replies', name: 'reply-dialog', open: then(click('button', /^Add/), dialog) },
  { on: 'labels', name: 'label-dialog', open: then(click('button', 'Add a label'), dialog) },
  { on: 'labels', name: 'delete-label', open: then(click('button', 'Delete'), dialog) },
  { on: 'people', name: 'invite-dialog', open: then(click('button', 'Invite somebody'), dialog) },
  { on: 'people', name: 'member-menu', open: then(click('button', /^Change /), menu) },
  { on: 'teams', name: 'team-dialog', open: then(click('button', 'Make a team'), dialog) },
  { on: 'webhooks', name: 'webhook-dialog', open: then(click('button', 'Add an address'), dialog) },
  { on: 'webhook', name: 'delete-webhook', open: then(click('button', 'Delete'), dialog) },
  { on: 'keys', name: 'key-dialog', open: then(click('button', 'Make a key'), dialog) },
]
