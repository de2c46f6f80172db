// A desk with much on it: the list narrowed down, many conversations changed at
// once and brought back, notes that name a colleague, emojis by their names, and
// keys as somebody wants them.

import { another, api, assert, desk, look, meta, step, story, until } from './browser.mjs'

const names = Array.from({ length: 8 }, (_, place) => `Kunde ${String.fromCharCode(65 + place)}`)
const phone = (place) => `49152300000${10 + place}`

await story('many', async ({ inbox }) => {
  const agent = desk(inbox)
  const rows = (page = inbox) =>
    desk(page)
      .list.getByRole('link')
      .filter({ hasText: /Kunde [A-H]/ })
  const filters = inbox.getByRole('group', { name: 'Filters of the list' })
  const bulk = inbox.getByRole('region', { name: 'Chosen conversations' })
  const state = async (place) => (await api('GET', `/conversations/${phone(place)}`)).state

  await step('eight customers write', async () => {
    for (const [place, name] of names.entries()) {
      await meta('POST', `/customers/${phone(place)}/messages`, {
        type: 'text',
        text: { body: 'Bitte um Rückruf' },
        profile: { name },
      })
    }
    const label = await api('POST', '/labels', { name: 'Call back', colour: '#dc2626' })
    for (const place of [1, 2, 3])
      await api('PUT', `/conversations/${phone(place)}/labels`, { label_ids: [label.label_id] })
    await agent.list.getByRole('tab', { name: /^All/ }).click()
    await until('they are listed', async () => (await rows().count()) === 8)
  })
  await step('F narrows the list: by label, and to what is unread', async () => {
    await inbox.keyboard.press('f')
    await filters.getByRole('button', { name: 'Unread' }).waitFor()
    await until('the first chip has the focus', () =>
      filters.getByRole('button', { name: 'Unread' }).evaluate((chip) => chip === document.activeElement),
    )
    await inbox.keyboard.press('Enter')
    await filters.getByRole('button', { name: 'Label' }).click()
    await inbox.getByRole('menuitemradio', { name: 'Call back' }).click()
    await inbox.keyboard.press('Escape')
    await until('three are left', async () => (await rows().count()) === 3)
    assert.match(inbox.url(), /label=lbl_/)
    assert.match(inbox.url(), /unread=true/)
  })
  await step('the address keeps it, and what is read stays until somebody comes back', async () => {
    await inbox.reload()
    await until('three again', async () => (await rows().count()) === 3)
    await agent.open('Kunde B')
    await until('it is read', async () => (await api('GET', `/conversations/${phone(1)}`)).unread === 0)
    assert.equal(await rows().count(), 3, 'nothing left the list under the reader')
    assert.match(inbox.url(), /label=lbl_/)
    await inbox.keyboard.press('Escape')
    await look(inbox, 'inbox-filters')
    await filters.getByRole('button', { name: 'Without filters' }).click()
    await until('all are back', async () => (await rows().count()) >= 8)
    assert.doesNotMatch(inbox.url(), /label|unread/)
  })

  await step('X chooses the open one, Shift and a click all between', async () => {
    await agent.open('Kunde F')
    await inbox.keyboard.press('x')
    await bulk.getByText('1 chosen').waitFor()
    await agent.row('Kunde C').click({ modifiers: ['Shift'] })
    await bulk.getByText('4 chosen').waitFor()
    await inbox.getByRole('link', { name: /Inbox$/ }).click()
    await inbox.getByText('Choose a conversation.').waitFor()
    await bulk.getByText('4 chosen').waitFor()
    await look(inbox, 'inbox-bulk')
  })
  await step('all get a label', async () => {
    await bulk.getByRole('button', { name: 'Labels' }).click()
    await inbox.getByRole('menuitem', { name: /^Call back/ }).click()
    await inbox.getByText('Call back put on: 4').first().waitFor()
    for (const place of [2, 3, 4, 5])
      assert.equal((await api('GET', `/conversations/${phone(place)}`)).labels.length, 1)
  })
  await step('all are resolved, and taken back', async () => {
    // What was done is chosen no longer.
    await bulk.getByText('0 chosen').waitFor()
    for (const name of ['Kunde C', 'Kunde D', 'Kunde E'])
      await inbox.getByRole('checkbox', { name: `Choose ${name}` }).click()
    await bulk.getByRole('button', { name: 'Resolve' }).click()
    await inbox.getByText('Resolved: 3').first().waitFor()
    for (const place of [2, 3, 4]) assert.equal(await state(place), 'closed')
    await inbox
      .getByRole('listitem')
      .filter({ hasText: 'Resolved: 3' })
      .getByRole('button', { name: 'Undo' })
      .click()
    for (const place of [2, 3, 4])
      await until('it waits again', async () => (await state(place)) === 'waiting')
    await until('they are listed again', async () => (await rows().count()) === 8)
  })
  const ben = await another()
  await step('what cannot be done is named with its reason', async () => {
    await desk(ben.page).list.getByRole('tab', { name: /^All/ }).click()
    await desk(ben.page).open('Kunde H')
    await ben.page.keyboard.press('c')
    await until('Ben has it', async () => (await state(7)) === 'assigned')
    await inbox.getByRole('checkbox', { name: 'Choose Kunde H' }).click()
    await inbox.getByRole('checkbox', { name: 'Choose Kunde G' }).click()
    await bulk.getByRole('button', { name: 'Assign' }).click()
    await inbox.getByRole('menuitem', { name: 'To me' }).click()
    const dialog = inbox.getByRole('dialog', { name: '1 was left as it was.' })
    await dialog.getByRole('link', { name: 'Kunde H' }).waitFor()
    await dialog.getByText('Somebody else took this conversation first.').waitFor()
    await inbox.setViewportSize({ width: 390, height: 844 })
    await inbox.getByText('You have 1 of them.').first().waitFor()
    await until('on a phone the notice is not over what is asked', async () => {
      const notices = inbox.locator('[data-sonner-toast]')
      const sheet = await dialog.boundingBox()
      const lowest = await notices.evaluateAll((all) => Math.max(0, ...all.map((one) => one.getBoundingClientRect().bottom)))
      return sheet.y >= lowest
    })
    await look(inbox, 'inbox-bulk-refused')
    await dialog.getByRole('button', { name: 'Close' }).click()
    await bulk.getByText('1 chosen').waitFor()
    await inbox.keyboard.press('Escape')
    await bulk.waitFor({ state: 'hidden' })
  })

  await step('a note that names a colleague reaches them at once', async () => {
    await agent.open('Kunde A')
    await inbox.keyboard.press('n')
    await inbox.getByRole('textbox', { name: 'Write a note' }).waitFor()
    await inbox.keyboard.type('Can you call, @be')
    await inbox.getByRole('option', { name: 'Ben Krüger' }).waitFor()
    await inbox.keyboard.press('Enter')
    await inbox.keyboard.type('?')
    await inbox.keyboard.press('Enter')
    await ben.page.getByRole('link', { name: /^Mentions, \d+ not read/ }).waitFor()
  })
  await step('the mention leads to the note, and is read then', async () => {
    await ben.page.keyboard.press('g')
    await ben.page.keyboard.press('m')
    const list = ben.page.getByRole('region', { name: 'Mentions' })
    await list.getByText('Not read yet', { exact: true }).waitFor()
    await look(ben.page, 'mentions')
    await list.getByRole('link').filter({ hasText: 'Can you call' }).click()
    await ben.page.getByRole('heading', { level: 2, name: 'Kunde A' }).waitFor()
    await ben.page.getByRole('region', { name: 'Messages', exact: true }).getByText('Can you call').waitFor()
    assert.match(ben.page.url(), /message=nte_/)
    await list
      .getByRole('link')
      .filter({ hasText: 'Not read yet.' })
      .filter({ hasText: 'Can you call' })
      .waitFor({ state: 'detached' })
    // The list is still beside it.
    assert.ok(await list.isVisible())
  })
  await ben.close()

  await step('a colon and a name write an emoji; a time and a smiley do not', async () => {
    await inbox.keyboard.press('Escape')
    await inbox.keyboard.press('r')
    await agent.field.waitFor()
    await inbox.keyboard.type('See you at 10:30 :) :bicyc')
    await inbox.getByRole('listbox', { name: 'Emojis' }).getByRole('option').first().waitFor()
    await inbox.keyboard.press('Enter')
    assert.match(await agent.field.inputValue(), /^See you at 10:30 :\) 🚲\uFE0F? $/)
    await inbox.keyboard.press('Control+A')
    await inbox.keyboard.press('Backspace')
    await inbox.keyboard.press('Escape')
  })
  await step('a person gives an action another key, and cannot take one that is taken', async () => {
    await inbox.keyboard.press('?')
    const sheet = inbox.getByRole('dialog', { name: 'Keys' })
    await sheet.getByRole('button', { name: 'Another key for Next conversation' }).click()
    await inbox.keyboard.press('e')
    await sheet.getByText('E is taken: Resolve. Nothing was changed.').waitFor()
    await look(inbox, 'keys-sheet')
    await inbox.keyboard.press('q')
    await sheet.getByText('Q', { exact: true }).waitFor()
    await sheet.getByRole('button', { name: 'Close', exact: true }).click()
    await inbox.keyboard.press('g')
    await inbox.keyboard.press('i')
    const before = inbox.url()
    await inbox.keyboard.press('j')
    await inbox.keyboard.press('q')
    await until('Q goes on', () => inbox.url() !== before)
    await inbox.keyboard.press('?')
    await sheet.getByRole('button', { name: 'All keys as at first' }).click()
    await sheet.getByRole('button', { name: 'Close', exact: true }).click()
    assert.equal(await inbox.evaluate(() => localStorage.getItem('kontor.keys')), null)
  })
})
