// People come into an empty house: the first one sets it up and becomes its
// owner, invites somebody, who accepts in another browser and meets the limits
// of their role; codes, passkeys, sessions, keys that expire.

import { addAuthenticator, totp } from './codes.mjs'
import { assert, kontor, step, story } from './browser.mjs'
import { Findings, look } from './looking.mjs'

const setup = process.env.E2E_SETUP
const ana = { name: 'Ana Ribeiro', email: 'ana@house.example', password: 'four bicycles by the harbour' }
const ben = { name: 'Ben Carter', email: 'ben@house.example', password: 'a kettle, two cups and rain' }
const fresh = 'the ferry leaves at noon today'

/** Somebody's way through the pages, in the words that stand on them. */
function visitor(page) {
  const button = (name) => page.getByRole('button', { name, exact: true })
  const dialog = page.getByRole('dialog')
  const fields = (where) => ({
    password: where.getByRole('textbox', { name: 'Password', exact: true }),
    email: where.getByRole('textbox', { name: 'E-mail', exact: true }),
  })
  return {
    page,
    button,
    dialog,
    async goto(path) {
      await page.goto(kontor + path)
    },
    async signIn({ email, password }, where = page) {
      const { email: address, password: secret } = fields(where)
      if ((await address.inputValue()) !== email) await address.fill(email)
      await secret.fill(password)
      await where.getByRole('button', { name: 'Sign in', exact: true }).click()
    },
    inside: () => page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor(),
    async signOut() {
      await page.getByRole('button', { name: /: language, appearance, sign out/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in to Kontor' }).waitFor()
    },
    async section(name) {
      await page.goto(`${kontor}/settings/${name}`)
      await page.getByRole('heading', { level: 2 }).waitFor()
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
    },
  }
}

/** A line that breaks and comes back asks the server anew, and so learns that the session has ended. */
async function reconnect(page) {
  await page.context().setOffline(true)
  await page.context().setOffline(false)
}

const found = new Findings()

// What is refused on purpose here answers with these; the browser's console repeats it.
const expected = /^(401|403) |status of (401|403)/

await story(
  'accounts',
  async ({ inbox, newBrowser }) => {
    const owner = visitor(inbox)
    await step('an empty house leads everybody to its set-up', async () => {
      await owner.goto('/')
      await inbox.getByRole('heading', { name: 'Set up Kontor' }).waitFor()
      await look(inbox, 'setup', found)
      await owner.button('Set up and sign in').click()
      await inbox.getByText('The code is needed.').waitFor()
    })
    await step('a wrong code makes no owner, and what was typed stays', async () => {
      await inbox.getByLabel('Set-up code').fill('wrong-wrong-wrong')
      await inbox.getByLabel('Your name').fill(ana.name)
      await inbox.getByRole('textbox', { name: 'E-mail' }).fill(ana.email)
      await inbox.getByRole('textbox', { name: 'Password', exact: true }).fill(ana.password)
      await inbox.getByText('Strong.').waitFor()
      await inbox.getByLabel('Name of the house').fill('Fahrradladen Lübeck')
      await owner.button('Set up and sign in').click()
      await inbox.getByText('The set-up code is wrong').waitFor()
      assert.equal(await inbox.getByLabel('Your name').inputValue(), ana.name)
    })
    await step('the link of the window makes the owner', async () => {
      await inbox.goto(setup.replace(new URL(setup).origin, kontor))
      await inbox.getByLabel('Your name').fill(ana.name)
      await inbox.getByRole('textbox', { name: 'E-mail' }).fill(ana.email)
      await inbox.getByRole('textbox', { name: 'Password', exact: true }).fill(ana.password)
      await inbox.getByLabel('Name of the house').fill('Fahrradladen Lübeck')
      await owner.button('Set up and sign in').click()
      await owner.inside()
      assert.ok(!inbox.url().includes('code'), 'the code does not stay in the address')
    })
    const other = await newBrowser('ben')
    const guest = visitor(other)
    await step('the link sets up once', async () => {
      await other.goto(setup.replace(new URL(setup).origin, kontor))
      await other.getByRole('heading', { name: 'Kontor is set up' }).waitFor()
    })

    await step('the page of the team says what it will show', async () => {
      await owner.goto('/team')
      await inbox.getByText('Nobody waits, and nobody else is here yet.').waitFor()
      await look(inbox, 'team-empty', found)
    })

    await step('a wrong password says so, the right one leads to the page that was wanted', async () => {
      await owner.signOut()
      await owner.goto('/settings/teams')
      await inbox.getByRole('heading', { name: 'Sign in to Kontor' }).waitFor()
      await inbox.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
      await look(inbox, 'signin-passkey', found)
      await owner.button('Sign in').click()
      await inbox.getByText('An e-mail address is needed.').waitFor()
      await owner.signIn({ ...ana, password: 'not the right one' })
      await inbox.getByText('E-mail and password do not fit together').waitFor()
      await owner.signIn(ana)
      await inbox.getByRole('heading', { name: 'Teams', level: 2 }).waitFor()
    })

    await step('a team is made and renamed; a second of the name is refused', async () => {
      await inbox.getByText('There is no team yet.').waitFor()
      for (const name of ['Werkstatt', 'Laden']) {
        await owner.button('Make a team').click()
        await owner.dialog.getByLabel('Name').fill(name)
        await owner.dialog.getByRole('button', { name: 'Make the team' }).click()
        await inbox.getByRole('listitem').filter({ hasText: name }).waitFor()
        await owner.dialog.waitFor({ state: 'detached' })
      }
      await owner.button('Rename Laden').click()
      await owner.dialog.getByLabel('Name').fill('Verkauf')
      await owner.dialog.getByRole('button', { name: 'Save the name' }).click()
      await inbox.getByRole('listitem').filter({ hasText: 'Verkauf' }).waitFor()
      await owner.dialog.waitFor({ state: 'detached' })
    })
    let link
    await step('an invitation shows its link once', async () => {
      await owner.section('people')
      await owner.button('Invite somebody').click()
      await owner.dialog.getByRole('button', { name: 'Make the invitation' }).click()
      await owner.dialog.getByText('An e-mail address is needed.').waitFor()
      await owner.dialog.getByRole('textbox', { name: 'E-mail' }).fill(ben.email)
      await owner.dialog.getByLabel('Role').selectOption('agent')
      await owner.dialog.getByLabel('Werkstatt').click()
      await owner.dialog.getByRole('button', { name: 'Make the invitation' }).click()
      link = (await owner.dialog.getByLabel('Link').inputValue()).replace(/^https?:\/\/[^/]+/, kontor)
      await owner.dialog.getByRole('button', { name: 'Done' }).click()
      await inbox.getByRole('list', { name: 'Invitations' }).getByText(ben.email).waitFor()
    })
    await step('one that was withdrawn opens nothing', async () => {
      await owner.button('Invite somebody').click()
      await owner.dialog.getByRole('textbox', { name: 'E-mail' }).fill('carla@house.example')
      await owner.dialog.getByRole('button', { name: 'Make the invitation' }).click()
      const gone = (await owner.dialog.getByLabel('Link').inputValue()).replace(/^https?:\/\/[^/]+/, kontor)
      await owner.dialog.getByRole('button', { name: 'Done' }).click()
      await owner.button('Withdraw the invitation of carla@house.example').click()
      await owner.dialog.getByRole('button', { name: 'Withdraw the invitation' }).click()
      await owner.dialog.waitFor({ state: 'detached' }) // behind it, no button has a role
      await owner.button('Withdraw the invitation of carla@house.example').waitFor({ state: 'detached' })
      await other.goto(gone)
      await other.getByRole('heading', { name: 'This link no longer works' }).waitFor()
      await look(other, 'link-gone', found)
    })
    await step('it is accepted in another browser', async () => {
      await other.goto(link)
      await other.getByRole('heading', { name: 'Join Fahrradladen Lübeck' }).waitFor()
      await other.getByText('Werkstatt').waitFor()
      await look(other, 'invite', found)
      await other.getByLabel('Your name').fill(ben.name)
      await other.getByRole('textbox', { name: 'Password', exact: true }).fill('short')
      await guest.button('Accept and sign in').click()
      await other.getByText('At least 12 characters.', { exact: true }).waitFor()
      await other.getByRole('textbox', { name: 'Password', exact: true }).fill(ben.password)
      await guest.button('Accept and sign in').click()
      await guest.inside()
    })
    await step('the role has its limits, and says so', async () => {
      await guest.section('people')
      await other.getByText('Owners and administrators invite people').waitFor()
      assert.equal(await guest.button('Invite somebody').count(), 0, 'an agent invites nobody')
      assert.equal(await other.getByRole('link', { name: /^API keys/ }).count(), 0, 'an agent makes no keys')
      await guest.goto('/settings/keys')
      await other.getByText('your role does not open it').waitFor()
    })

    let secret
    let codes
    await step('codes of an app are switched on, with recovery codes', async () => {
      await guest.section('me')
      await guest.button('Switch codes on').click()
      await guest.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(ben.password)
      await guest.dialog.getByRole('button', { name: 'Continue' }).click()
      secret = await guest.dialog.getByLabel('Secret', { exact: true }).inputValue()
      await guest.dialog.getByRole('img', { name: 'Picture for the authenticator app' }).waitFor()
      await guest.dialog.getByLabel('Code from your app').fill('000000')
      await guest.dialog.getByRole('button', { name: 'Switch codes on' }).click()
      await guest.dialog.getByText('The code is wrong or too old.').waitFor()
      await guest.dialog.getByLabel('Code from your app').fill(totp(secret))
      await guest.dialog.getByRole('button', { name: 'Switch codes on' }).click()
      const shown = guest.dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
      await shown.nth(9).waitFor()
      codes = await shown.allInnerTexts()
      assert.equal(codes.length, 10)
      await guest.dialog.getByLabel('I have kept the codes.').click()
      await guest.dialog.getByRole('button', { name: 'Done' }).click()
      await other.getByText('Recovery codes left: 10.').waitFor()
    })
    await step('the password alone opens no more; a code of the app does', async () => {
      await guest.signOut()
      await guest.signIn(ben)
      await other.getByLabel('Code from your app').fill('000000')
      await guest.button('Sign in').click()
      await other.getByText('The code is wrong or too old.').waitFor()
      await look(other, 'second-step', found)
      // A code counts once, so the app's next one.
      await other.getByLabel('Code from your app').fill(totp(secret, 1))
      await guest.button('Sign in').click()
      await guest.inside()
    })
    await step('a recovery code opens once', async () => {
      const recover = async (code) => {
        await other.getByLabel('Recovery code').fill(code)
        await guest.button('Sign in').click()
      }
      const begin = async () => {
        await guest.signOut()
        await guest.signIn(ben)
        await guest.button('Use a recovery code').click()
      }
      await begin()
      await recover(codes[0])
      await guest.inside()
      await begin()
      await recover(codes[0])
      await other.getByText('The code is wrong or too old.').waitFor()
      await recover(codes[1])
      await guest.inside()
      await guest.section('me')
      await other.getByText('Recovery codes left: 8.').waitFor()
    })

    await step('a passkey is added, renamed, and opens', async () => {
      await addAuthenticator(other)
      await guest.button('Add a passkey').click()
      await guest.dialog.getByLabel('Name').fill('Laptop')
      await guest.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(ben.password)
      await guest.dialog.getByRole('button', { name: 'Make passkey' }).click()
      await guest.button('Rename Laptop').click()
      await guest.dialog.getByLabel('Name').fill('Workshop laptop')
      await guest.dialog.getByRole('button', { name: 'Save the name' }).click()
      await guest.button('Remove Workshop laptop').waitFor()
      await other.getByText('Added: Laptop').waitFor({ state: 'detached' })
      await look(other, 'account', found)
      await guest.signOut()
      await guest.button('Sign in with a passkey').click()
      await guest.inside()
    })

    const third = await newBrowser('ben-elsewhere')
    const elsewhere = visitor(third)
    await step('a session is ended from another browser; the page waits for its person', async () => {
      await guest.section('teams')
      await elsewhere.goto('/signin')
      await elsewhere.signIn(ben)
      await elsewhere.button('Use a recovery code').click()
      await third.getByLabel('Recovery code').fill(codes[2])
      await elsewhere.button('Sign in').click()
      await elsewhere.inside()
      await elsewhere.section('me')
      await elsewhere.button('End all others').click()
      await elsewhere.dialog.getByRole('button', { name: 'End the others' }).click()
      await third.getByText('Sessions ended: 1').waitFor()
      await reconnect(other)
      await guest.dialog.getByText(`Sign in again, ${ben.name}?`).waitFor()
      await look(other, 'signin-again', found)
      await guest.dialog.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await guest.dialog.waitFor({ state: 'detached' })
      await other.getByRole('list', { name: 'Teams' }).getByText('Werkstatt').waitFor()
      assert.equal(new URL(other.url()).pathname, '/settings/teams', 'the page is where it was')
    })
    await step('a new password ends the other sessions', async () => {
      await elsewhere.section('me')
      await elsewhere.button('Change password').click()
      await elsewhere.dialog.getByLabel('Current password').fill('not the right one')
      await elsewhere.dialog.getByLabel('New password').fill(fresh)
      await elsewhere.dialog.getByRole('button', { name: 'Save the password' }).click()
      await elsewhere.dialog.getByText('The password is wrong.').waitFor()
      await elsewhere.dialog.getByLabel('Current password').fill(ben.password)
      await elsewhere.dialog.getByRole('button', { name: 'Save the password' }).click()
      await elsewhere.dialog.waitFor({ state: 'detached' })
      ben.password = fresh
      await reconnect(other)
      await guest.dialog.getByText(`Sign in again, ${ben.name}?`).waitFor()
    })
    await step('codes are switched off by a recovery code', async () => {
      await elsewhere.button('Switch codes off').click()
      await elsewhere.dialog.getByLabel('Code').fill(codes[3])
      await elsewhere.dialog.getByRole('button', { name: 'Switch codes off' }).click()
      await elsewhere.button('Switch codes on').waitFor()
      await guest.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(ben.password)
      await guest.dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
      await guest.dialog.waitFor({ state: 'detached' })
      await other.getByRole('heading', { name: 'Teams', level: 2 }).waitFor()
    })

    await step('a key may do less than its role, and has an end', async () => {
      await owner.section('keys')
      await owner.button('Make a key').first().click()
      await owner.dialog.getByLabel('Name').fill('Reports')
      await owner.dialog.getByLabel('Everything that the role may do').click()
      await owner.dialog.getByLabel('Send messages and files').click()
      await owner.dialog.getByLabel('Take, hand over and close conversations').click()
      await owner.dialog.getByLabel('Holds').selectOption('day')
      await owner.dialog.getByRole('button', { name: 'Make key' }).click()
      await owner.dialog.getByText('Choose a day that is still to come.').waitFor()
      const tomorrow = await owner.dialog.getByLabel('Last day').getAttribute('min')
      await owner.dialog.getByLabel('Last day').fill(tomorrow)
      await owner.dialog.getByRole('button', { name: 'Make key' }).click()
      const key = await owner.dialog.getByLabel('Key', { exact: true }).inputValue()
      await owner.dialog.getByRole('button', { name: 'Done' }).click()
      await inbox.getByRole('listitem').filter({ hasText: 'Reports' }).getByText('expires soon').waitFor()
      const asks = (method, path, body) =>
        fetch(`${kontor}/api/v1/whatsapp/${path}`, {
          method,
          headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
          body: body && JSON.stringify(body),
        }).then(({ status }) => status)
      assert.equal(await asks('GET', 'people'), 200, 'it reads')
      assert.equal(await asks('POST', 'send/text', { to: '491700000000', text: 'x' }), 403, 'it does not send')
    })
    await step('a role is changed, an account is closed and opened again', async () => {
      await owner.section('people')
      await owner.button(`Change ${ben.name}`).click()
      await inbox.getByRole('menuitem', { name: 'Change role and teams' }).click()
      await owner.dialog.getByLabel('Role').selectOption('supervisor')
      await owner.dialog.getByRole('button', { name: 'Save changes' }).click()
      await inbox.getByRole('listitem').filter({ hasText: ben.name }).getByText('Supervisor').waitFor()
      await owner.dialog.waitFor({ state: 'detached' })
      await owner.button(`Change ${ben.name}`).click()
      await inbox.getByRole('menuitem', { name: 'Close the account' }).click()
      await owner.dialog.getByRole('button', { name: 'Close the account' }).click()
      await inbox.getByRole('list', { name: 'Closed accounts' }).getByText(ben.name).waitFor()
      await reconnect(other)
      await guest.dialog.getByText(`Sign in again, ${ben.name}?`).waitFor()
      await guest.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(ben.password)
      await guest.dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
      await guest.dialog.getByText('E-mail and password do not fit together, or the account is closed.').waitFor()
      await owner.button(`Change ${ben.name}`).click()
      await inbox.getByRole('menuitem', { name: 'Open the account again' }).click()
      await owner.dialog.getByRole('button', { name: 'Open the account' }).click()
      await inbox.getByRole('list', { name: 'People' }).getByText(ben.name).waitFor()
      await guest.dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
      await guest.dialog.waitFor({ state: 'detached' })
    })
    await step('the only owner stays one', async () => {
      await owner.button(`Change ${ana.name}`).click()
      await inbox.getByRole('menuitem', { name: 'Change role and teams' }).click()
      await owner.dialog.getByLabel('Role').selectOption('agent')
      await owner.dialog.getByRole('button', { name: 'Save changes' }).click()
      await owner.dialog.getByText('This is the only owner.').waitFor()
      await owner.dialog.getByRole('button', { name: 'Cancel' }).click()
    })
    await step('a lost connection has its words and keeps what was typed', async () => {
      await owner.section('me')
      await owner.button('Change password').click()
      await owner.dialog.getByLabel('Current password').fill(ana.password)
      await owner.dialog.getByLabel('New password').fill(fresh)
      await inbox.context().setOffline(true)
      await owner.dialog.getByRole('button', { name: 'Save the password' }).click()
      await owner.dialog.getByText('You are offline.').waitFor()
      assert.equal(await owner.dialog.getByLabel('New password').inputValue(), fresh)
      await inbox.context().setOffline(false)
      await owner.dialog.getByRole('button', { name: 'Save the password' }).click()
      await owner.dialog.waitFor({ state: 'detached' })
    })
    found.none()
  },
  { signedIn: false, expected: new RegExp(`${expected.source}|^409 PATCH|status of 409|ERR_INTERNET_DISCONNECTED|ERR_INCOMPLETE_CHUNKED_ENCODING`) },
)
