import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { show } from '../test/show'
import { SignInForm } from './SignInForm'

const methods = { setup_needed: false, passkeys: false, password_reset: false, sso: null, password_min: 12 }

type Answer = [status: number, body: object, headers?: Record<string, string>]

/** Stands for the server: answers each call by the end of its path, and keeps what it was sent. */
function serve(answers: Record<string, Answer[]>) {
  const asked: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const path = address.replace('/api/v1/whatsapp/', '')
    if (path === 'signin/methods') return new Response(JSON.stringify(methods))
    asked.push({ path, body: JSON.parse(String(init.body)) })
    const [status, body, headers] = answers[path]?.shift() ?? [500, {}]
    return new Response(JSON.stringify(body), { status, headers })
  })
  return asked
}

afterEach(() => vi.unstubAllGlobals())

async function fill(email: string, password: string) {
  const field = await screen.findByRole('textbox', { name: 'E-mail' })
  await userEvent.clear(field)
  if (email) await userEvent.type(field, email)
  if (password) await userEvent.type(screen.getByLabelText('Password'), password)
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
}

test('what is missing is said before the server is asked, and has the focus', async () => {
  const asked = serve({})
  await show(<SignInForm next="/" onDone={() => undefined} />)
  await fill('ana', '')
  expect(asked).toEqual([])
  const email = screen.getByRole('textbox', { name: 'E-mail' })
  expect(email).toBe(document.activeElement)
  expect(email.getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('This is not an e-mail address.')).toBeTruthy()
  expect(screen.getByText('The password is needed.')).toBeTruthy()
})

test('a wrong password keeps the address, the right one with a code comes in', async () => {
  const asked = serve({
    'signin/password': [
      [401, { code: 'sign_in_refused' }],
      [200, { state: 'second_factor', token: 't1', methods: ['totp', 'recovery_code'] }],
    ],
    'signin/second': [
      [401, { code: 'code_wrong' }],
      [200, { state: 'signed_in' }],
    ],
  })
  const done = vi.fn()
  await show(<SignInForm next="/" onDone={done} />)
  await fill('ana@house.example', 'not the right one')
  expect(await screen.findByText(/do not fit together/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))

  const code = await screen.findByRole('textbox', { name: 'Code from your app' })
  await userEvent.type(code, '000 000{Enter}')
  expect(await screen.findByText(/The code is wrong or too old/)).toBeTruthy()
  expect(done).not.toHaveBeenCalled()
  await userEvent.clear(code)
  await userEvent.type(code, '123 456{Enter}')
  await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1))
  expect(asked.at(-1)).toEqual({ path: 'signin/second', body: { token: 't1', code: '123456' } })
})

test('when the second step has ended, the password is asked for again and says why', async () => {
  serve({
    'signin/password': [[200, { state: 'second_factor', token: 't1', methods: ['totp', 'recovery_code'] }]],
    'signin/second': [[401, { code: 'second_step_ended' }]],
  })
  await show(<SignInForm next="/" onDone={() => undefined} />)
  await fill('ana@house.example', 'x')
  await userEvent.click(await screen.findByRole('button', { name: 'Use a recovery code' }))
  await userEvent.type(screen.getByRole('textbox', { name: 'Recovery code' }), 'abcde-fghij{Enter}')
  expect(await screen.findByText(/Begin again with the password/)).toBeTruthy()
  expect((screen.getByRole('textbox', { name: 'E-mail' }) as HTMLInputElement).value).toBe(
    'ana@house.example',
  )
})

test('after too many tries the button waits, and says for how long', async () => {
  const asked = serve({
    'signin/password': [[429, { code: 'too_many_sign_ins' }, { 'Retry-After': '125' }]],
  })
  await show(<SignInForm next="/" onDone={() => undefined} />)
  await fill('ana@house.example', 'x')
  expect(await screen.findByText(/^Time left: 2:0\d$/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(asked).toHaveLength(1)
})
