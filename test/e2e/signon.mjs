// People come in by what others say of them: a forgotten password is replaced by
// a letter, a guest is invited by one, and a provider vouches for both.

import { assert, kontor, step, story } from './browser.mjs'
import { Findings, look, lookAt, widths } from './looking.mjs'

const { E2E_SETUP: setup, E2E_OUTSIDE: outside } = process.env
const ana = { name: 'Ana Ribeiro', email: 'ana@house.example', password: 'four bicycles by the harbour' }
const ben = { name: 'Ben Carter', email: 'ben@house.example' }
const fresh = 'the ferry leaves at noon today'

const found = new Findings()

/** All letters, as soon as there are so many. */
async function letters(n) {
  const all = await fetch(`${outside}/letters?n=${n}`).then((answer) => answer.json())
  assert.equal(all.length, n, `there are ${n} letters`)
  return all
}

/** Who is at the provider from now on. */
async function isAtProvider(person) {
  const answer = await fetch(`${outside}/person`, { method: 'POST', body: JSON.stringify(person) })
  assert.ok(answer.ok, await answer.text())
}

/** Somebody's way through the pages, in the words that stand on them. */
function visitor(page) {
  const button = (name, where = page) => where.getByRole('button', { name, exact: true })
  return {
    button,
    dialog: page.getByRole('dialog'),
    inside: () => page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor(),
    async section(name) {
      await page.goto(`${kontor}/settings/${name}`)
      await page.getByRole('heading', { level: 2 }).waitFor()
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
    },
    async signOut() {
      await page.getByRole('button', { name: /: language, appearance, sign out$/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in to Kontor' }).waitFor()
    },
    async signIn(email, password) {
      await page.getByRole('textbox', { name: 'E-mail', exact: true }).fill(email)
      await page.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
      await button('Sign in').click()
    },
    async goesToProvider(name) {
      await page.getByRole('link', { name: 'Sign in with House ID' }).click()
      await page.getByRole('button', { name: `Continue as ${name}` }).click()
    },
  }
}

// What is refused on purpose here answers with these; the browser's console repeats it.
const expected = /^(401|403) |status of (401|403)/

await story(
  'signon',
  async ({ inbox, newBrowser }) => {
    const owner = visitor(inbox)
    await step('the owner sets up the house and goes', async () => {
      await inbox.goto(setup)
      await inbox.getByLabel('Your name').fill(ana.name)
      await inbox.getByRole('textbox', { name: 'E-mail' }).fill(ana.email)
      await inbox.getByRole('textbox', { name: 'Password', exact: true }).fill(ana.password)
      await inbox.getByLabel('Name of the house').fill('Fahrradladen Lübeck')
      await owner.button('Set up and sign in').click()
      await owner.inside()
      await owner.signOut()
    })
    await step('the sign-in page offers the provider, and a way for who forgot the password', async () => {
      await inbox.getByRole('link', { name: 'Sign in with House ID' }).waitFor()
      await inbox.getByRole('link', { name: 'Forgot the password?' }).waitFor()
      await look(inbox, 'signin-ways', found)
    })
    await step('a stranger is told the same as somebody of the house, and gets no letter', async () => {
      const ask = async (email) => {
        await inbox.goto(`${kontor}/forgot`)
        await inbox.getByRole('textbox', { name: 'E-mail' }).fill(email)
        await owner.button('Send the link').click()
        await inbox.getByRole('heading', { name: 'Look into your mail' }).waitFor()
        return (await inbox.getByRole('status').innerText()).replace(email, '…')
      }
      await inbox.goto(`${kontor}/forgot`)
      await inbox.getByRole('textbox', { name: 'E-mail' }).waitFor()
      await look(inbox, 'forgot', found)
      const stranger = await ask('eve@house.example')
      assert.equal(await ask(ana.email), stranger)
      await look(inbox, 'forgot-asked', found)
    })
    await step('the letter brings a link to a new password, once', async () => {
      const [letter] = await letters(1)
      assert.equal(letter.To, ana.email)
      assert.equal(letter.Subject, 'A new password for Kontor')
      assert.ok(letter.Link.startsWith(`${kontor}/reset?token=`), 'the link leads to the public address')
      await inbox.goto(`${outside}/letters/0`)
      await inbox.getByRole('link', { name: 'Choose a new password' }).waitFor()
      await look(inbox, 'letter', found)
      await inbox.goto(letter.Link)
      await inbox.getByRole('textbox', { name: 'New password', exact: true }).fill(fresh)
      await look(inbox, 'reset', found)
      await owner.button('Save the password').click()
      await inbox.getByText('The new password counts from now on.').waitFor()
      await owner.signIn(ana.email, ana.password)
      await inbox.getByText('E-mail and password do not fit together').waitFor()
      await owner.signIn(ana.email, fresh)
      await owner.inside()
      const other = await newBrowser('late')
      await other.goto(letter.Link)
      await other.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    })
    await step('a guest is invited by mail, and the list shows what became of it', async () => {
      await owner.section('people')
      await owner.button('Invite somebody').click()
      await owner.dialog.getByRole('textbox', { name: 'E-mail' }).fill(ben.email)
      assert.ok(await owner.dialog.getByLabel('Send the link by mail, too').isChecked())
      await owner.button('Make the invitation', owner.dialog).click()
      await owner.dialog.getByText('A mail with the link is on its way.').waitFor()
      const shown = await owner.dialog.getByLabel('Link').inputValue()
      await owner.button('Done', owner.dialog).click()
      const letter = (await letters(2))[1]
      assert.equal(letter.To, ben.email)
      assert.equal(letter.Link, shown)
      assert.equal(letter.Subject, 'You are invited to Kontor of Fahrradladen Lübeck')
      assert.ok(letter.Text.includes('Ana Ribeiro invites you'))
      await inbox.getByRole('list', { name: 'Invitations' }).getByText('mail sent').waitFor()
      await look(inbox, 'people-invited', found)
    })

    const other = await newBrowser('ben')
    const guest = visitor(other)
    await step('whose address the provider has not checked does not come in', async () => {
      await isAtProvider({ Subject: 'ben-1', Email: ben.email, Verified: false, Name: ben.name })
      await other.goto(`${kontor}/settings/me`)
      await guest.goesToProvider(ben.name)
      await other.getByText('Your e-mail address is not confirmed there.').waitFor()
      await look(other, 'signin-refused', found)
    })
    await step('nor does a foreign house', async () => {
      await isAtProvider({ Subject: 'eve-1', Email: 'eve@elsewhere.example', Verified: true, Name: 'Eve' })
      await guest.goesToProvider('Eve')
      await other.getByText('Addresses of this kind do not come in by single sign-on.').waitFor()
    })
    await step('the guest takes the invitation up by the provider, without a password', async () => {
      await isAtProvider({ Subject: 'ben-1', Email: ben.email, Verified: true, Name: ben.name })
      await guest.goesToProvider(ben.name)
      await guest.inside()
      await guest.section('me')
      await other.getByText('You have none: you come in by a link, a passkey or single sign-on.').waitFor()
      await other.getByText('Your account of “House ID” lets you in.').waitFor()
      assert.equal(await guest.button('Unlink').getAttribute('aria-disabled'), 'true', 'it is the only way in')
      for (const [width, height] of widths) {
        await other.setViewportSize({ width, height })
        await guest.button('Unlink').scrollIntoViewIfNeeded()
        await lookAt(other, 'account-signon', [width, height], found)
      }
    })
    await step('the owner links an account of the provider, by the password, and unlinks it', async () => {
      await isAtProvider({ Subject: 'ana-1', Email: ana.email, Verified: true, Name: ana.name })
      await owner.section('me')
      await owner.button('Link an account').click()
      await owner.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill('not the right one')
      await owner.button('Continue', owner.dialog).click()
      await owner.dialog.getByText('The password is wrong.').waitFor()
      await owner.dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(fresh)
      await owner.button('Continue', owner.dialog).click()
      await inbox.getByRole('button', { name: `Continue as ${ana.name}` }).click()
      await inbox.getByText('It is linked: from now on it lets you in.').waitFor()
      await owner.signOut()
      await owner.goesToProvider(ana.name)
      await owner.inside()
      await owner.section('me')
      await owner.button('Unlink').click()
      await owner.button('Unlink', owner.dialog).click()
      await owner.button('Link an account').waitFor()
    })
    found.none()
  },
  { signedIn: false, expected },
)
