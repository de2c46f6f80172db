// Finding: what was said long ago, by words and by label; from the hit into the
// conversation, from place to place within it, and the address of a place as a
// link that can be shared.

import { api, assert, desk, look, meta, step, story, until } from './browser.mjs'

const number = '4915228817401'
const name = 'Greta Holm'
const other = 'Iwan Sokolow'

await story('search', async ({ inbox }) => {
  const agent = desk(inbox)
  const says = (from, called, body) =>
    meta('POST', `/customers/${from}/messages`, { type: 'text', text: { body }, profile: { name: called } })
  const field = inbox.getByRole('combobox', { name: 'Search messages and people' })
  const hits = inbox.getByRole('option')
  const bar = inbox.getByRole('region', { name: 'Found in this conversation' })

  await step('two customers have written, one of them a lot', async () => {
    for (const [place, about] of [
      'The gearbox rattles',
      'a bell',
      'The gearbox again',
      'the brakes',
      'One more thing about the gearbox',
    ].entries()) {
      await says(number, name, about)
      await Promise.all(
        Array.from({ length: 30 }, (_, line) => says(number, name, `Talk ${place * 30 + line}`)),
      )
    }
    await says('4915228817402', other, 'My gearbox is fine')
    await until('all are here', async () => (await api('GET', `/conversations/${number}`)).unread === 155)
    const label = await api('POST', '/labels', { name: 'Gears', colour: '#0d9488' })
    await api('PUT', `/conversations/${number}/labels`, { label_ids: [label.label_id] })
  })
  await step('words find messages of both', async () => {
    // The index follows within half a minute, or at once where there is time; who asked before does not see it.
    const indexed = async () => (await api('GET', '/search?q=gearbox')).data.length === 4
    await until('the index has come so far', indexed).catch(() => until('the index has come so far', indexed))
    await inbox.keyboard.press('Control+Shift+F')
    await field.fill('gearbox')
    await until('all four are found', async () => (await hits.count()) === 4)
    await look(inbox, 'search')
  })
  await step('what is said while somebody looks is found by itself', async () => {
    const more = async () => (await hits.count()) === 5
    await says('4915228817402', other, 'Or is the gearbox too loud?')
    await until('it has come', more).catch(() => until('it has come', more))
    await hits.filter({ hasText: 'too loud' }).waitFor()
  })
  await step('a label narrows it down, and can be taken away', async () => {
    await inbox.getByRole('button', { name: 'Label', exact: true }).click()
    await inbox.getByRole('menuitemradio', { name: 'Gears' }).click()
    await inbox.keyboard.press('Escape')
    await until('three are left', async () => (await hits.count()) === 3)
    assert.equal(await hits.filter({ hasText: other }).count(), 0)
    await inbox.getByRole('button', { name: 'Without the filter Label' }).click()
    await until('all five are back', async () => (await hits.count()) === 5)
  })
  await step('a hit leads to its message, far up in the thread', async () => {
    await hits.filter({ hasText: 'The gearbox rattles' }).click()
    await inbox.getByRole('heading', { level: 2, name }).waitFor()
    await agent.thread.getByText('The gearbox rattles').waitFor()
    await bar.getByText('3 of 3').waitFor()
    assert.ok(await agent.thread.getByText('The gearbox rattles').isVisible())
  })
  await step('keys go from place to place', async () => {
    await inbox.keyboard.press('Alt+Shift+H')
    await bar.getByText('2 of 3').waitFor()
    await agent.thread.getByText('The gearbox again').waitFor()
    await agent.thread.getByText('The gearbox again').click()
    await inbox.keyboard.press('Shift+H')
    await bar.getByText('1 of 3').waitFor()
    await agent.thread.getByText('One more thing about the gearbox').waitFor()
    await inbox.keyboard.press('h')
    await bar.getByText('2 of 3').waitFor()
  })
  await step('the address is that of the place, and leads there again', async () => {
    const address = new URL(inbox.url())
    assert.match(address.searchParams.get('message'), /^msg_/)
    assert.equal(address.searchParams.get('find'), 'gearbox')
    await inbox.goto(address.href)
    await agent.thread.getByText('The gearbox again').waitFor()
    await bar.getByText('2 of 3').waitFor()
    await look(inbox, 'search-hit')
    await agent.thread.hover()
    await until('whoever scrolls on is not called back', async () => {
      await inbox.mouse.wheel(0, 1200)
      return (await agent.thread.getByText('The gearbox again').count()) === 0
    })
  })
  await step('Escape ends the search, and the conversation stays', async () => {
    await agent.thread.click({ position: { x: 5, y: 5 } })
    await inbox.keyboard.press('Escape')
    await bar.waitFor({ state: 'hidden' })
    await inbox.getByRole('heading', { level: 2, name }).waitFor()
    assert.equal(new URL(inbox.url()).searchParams.get('find'), null)
  })
})
