import { ask } from './client'
import type { components } from './schema'
import type { Role } from './settings'
import type { Moment, Page, Replace } from './types'

type Schema = components['schemas']

/** How people come in, before anybody is: what the pages in front of the house ask the server for. */

export type SignedIn = Schema['SignedIn']

/** What this installation offers for coming in. */
export type SignInMethods = Replace<Schema['EntryMethods'], { sso: Schema['SSOAddress'] | null }>

const post = <Answer>(path: string, body: object = {}) => ask<Answer>(path, { method: 'POST', body })

export const getSignInMethods = () => ask<SignInMethods>('signin/methods')
export const signInByPassword = (email: string, password: string) =>
  post<SignedIn>('signin/password', { email, password })
export const signInSecond = (token: string, proof: { code: string } | { recovery_code: string }) =>
  post<SignedIn>('signin/second', { token, ...proof })

/** A challenge for a passkey; `options` go to the browser. */
export interface Challenge<Options> {
  token: string
  options: { publicKey: Options }
}

export const beginPasskeySignIn = <Options>() => post<Challenge<Options>>('signin/passkey/begin')
export const signInByPasskey = (token: string, credential: unknown) =>
  post<SignedIn>('signin/passkey', { token, credential })

export type Setup = Required<Schema['SetupInputBody']>

export const setUp = (setup: Setup) => post<SignedIn>('setup', setup)

export const forgotPassword = (email: string, locale: string) =>
  post<unknown>('password/forgot', { email, locale })
/** Whose password a link replaces. */
export type ResetLink = Replace<Schema['ResetShape'], { expires_at: Moment }>
export const lookAtReset = (token: string) => post<ResetLink>('password/look', { token })
export const resetPassword = (token: string, password: string) =>
  post<unknown>('password/reset', { token, password })

/** What a link of an invitation says. */
export type InvitationLink = Replace<Schema['GuestShape'], { expires_at: Moment }>
export const lookAtInvitation = (token: string) => post<InvitationLink>('invitations/look', { token })
export const acceptInvitation = (token: string, name: string, password: string, locale: string) =>
  post<SignedIn>('invitations/accept', { token, name, password, locale })

// --- oneself -------------------------------------------------------------------

export type Security = Schema['MySecurity']

export interface MyAccount {
  person: Schema['MyPerson']
  security: Security
}

export const getMyAccount = () => ask<MyAccount>('me')
export const setMyName = (name: string) => ask<unknown>('me', { method: 'PATCH', body: { name } })
export const setMyPassword = (current: string | undefined, password: string) =>
  post<unknown>('me/password', { current, password })

export const beginTotp = (password?: string) => post<{ secret: string; url: string }>('me/totp', { password })
export const confirmTotp = (code: string) => post<{ recovery_codes: string[] }>('me/totp/confirm', { code })
export const removeTotp = (code: string) => post<unknown>('me/totp/remove', { code })
export const renewRecoveryCodes = (code: string) =>
  post<{ recovery_codes: string[] }>('me/recovery-codes', { code })

export type Passkey = Replace<Schema['PasskeyShape'], { created_at: Moment }>

export const getPasskeys = () => ask<Page<Passkey>>('me/passkeys').then((page) => page.data)
export const beginPasskey = <Options>(password?: string) =>
  post<Challenge<Options>>('me/passkeys/begin', { password })
export const addPasskey = (token: string, name: string, credential: unknown) =>
  post<Passkey>('me/passkeys', { token, name, credential })
export const renamePasskey = (id: string, name: string) =>
  ask<Passkey>(`me/passkeys/${encodeURIComponent(id)}`, { method: 'PATCH', body: { name } })
export const removePasskey = (id: string) =>
  ask<void>(`me/passkeys/${encodeURIComponent(id)}`, { method: 'DELETE' })

/** Answers where to go; the browser comes back to the account's page. */
export const linkSignOn = (password?: string) => post<Schema['SignOnAddress']>('me/sso', { password })
export const unlinkSignOn = () => ask<void>('me/sso', { method: 'DELETE' })

/** One browser in which the person is signed in. */
export type BrowserSession = Replace<Schema['SessionShape'], { created_at: Moment; last_seen_at: Moment }>
export type SessionMethod = BrowserSession['method']

export const getSessions = () => ask<Page<BrowserSession>>('me/sessions').then((page) => page.data)
export const endSession = (id: string) =>
  ask<void>(`me/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
export const endOtherSessions = () => post<{ ended: number }>('me/sessions/end-others')

// --- the people of the house ---------------------------------------------------

export type Member = Replace<Schema['Colleague'], { created_at: Moment }>

export interface MemberChange {
  name?: string
  email?: string
  role?: Role
  teams?: readonly string[]
}

const person = (id: string, rest = '') => `people/${encodeURIComponent(id)}${rest}`

export const getMembers = () =>
  ask<Page<Member>>('people', { query: { state: 'all' } }).then((page) => page.data)
export const changeMember = (id: string, change: MemberChange) =>
  ask<Member>(person(id), { method: 'PATCH', body: change })
export const deactivateMember = (id: string) => post<Member>(person(id, '/deactivate'))
export const reactivateMember = (id: string) => post<Member>(person(id, '/reactivate'))

export type Invitation = Replace<Schema['InvitationShape'], { created_at: Moment; expires_at: Moment }>

export interface InvitationDraft {
  email: string
  name?: string
  role: Role
  teams: readonly string[]
  /** By mail, too, in the language `locale`. */
  send: boolean
  locale: string
}

export const getInvitations = () => ask<Page<Invitation>>('invitations').then((page) => page.data)
/** The link is told this once. */
export const invite = (draft: InvitationDraft) =>
  post<{ invitation: Invitation; link: string; mailed: boolean }>('invitations', draft)
export const cancelInvitation = (id: string) =>
  ask<void>(`invitations/${encodeURIComponent(id)}`, { method: 'DELETE' })

export type Team = Replace<Schema['TeamShape'], { created_at: Moment }>

const team = (id: string, rest = '') => `teams/${encodeURIComponent(id)}${rest}`

export const getTeams = () => ask<Page<Team>>('teams').then((page) => page.data)
export const makeTeam = (name: string) => post<Team>('teams', { name })
export const renameTeam = (id: string, name: string) =>
  ask<Team>(team(id), { method: 'PATCH', body: { name } })
export const deleteTeam = (id: string) => ask<void>(team(id), { method: 'DELETE' })
export const setTeamMembers = (id: string, people: readonly string[]) =>
  ask<Team>(team(id, '/members'), { method: 'PUT', body: { people } })
