// Fifty conversations without a mouse, and two people who reach for the same one.

import { another, assert, api, desk, meta, shoot, step, story, until } from './browser.mjs'

const fifty = Array.from({ length: 50 }, (_, place) => ({
  number: `49152288${String(17400 + place)}`,
  name: `Customer ${String(place + 1).padStart(2, '0')}`,
}))

await story(
  'hands',
  async ({ inbox }) => {
  const agent = desk(inbox)
  const keys = inbox.keyboard
  const heading = inbox.getByRole('heading', { level: 2 })
  const write = ({ number, name }) =>
    meta('POST', `/customers/${number}/messages`, { type: 'text', text: { body: 'Is it ready?' }, profile: { name } })

  await step('fifty customers write', async () => {
    // One after the other, so that the list has them in this order.
    for (const customer of fifty) {
      await write(customer)
      await until(`${customer.name} is there`, () => api('GET', `/conversations/${customer.number}`).catch(() => null))
    }
    await inbox.getByRole('tab', { name: /^All/ }).click()
    await agent.row('Customer 50').waitFor()
  })
  await step('the palette opens the newest', async () => {
    await keys.press('Control+k')
    await inbox.getByRole('combobox', { name: 'A name, a number, an action' }).fill('customer 50')
    await inbox.getByRole('option', { name: /Customer 50/ }).waitFor()
    await keys.press('Enter')
    await heading.filter({ hasText: 'Customer 50' }).waitFor()
  })
  await step('each is claimed, answered, resolved, by keys alone', async () => {
    for (let left = 50; left > 0; left--) {
      const name = `Customer ${String(left).padStart(2, '0')}`
      await heading.filter({ hasText: name }).waitFor()
      await agent.field.waitFor()
      await keys.press('c')
      await inbox.getByRole('button', { name: /^Assigned to Ana Ribeiro/ }).waitFor()
      await keys.press('r')
      await keys.type(`Yes, ${left}.`)
      await keys.press('Enter')
      await agent.bubble(`Yes, ${left}.`).waitFor()
      await keys.press('Escape')
      await keys.press('Shift+E')
      if (left > 1) await heading.filter({ hasText: `Customer ${String(left - 1).padStart(2, '0')}` }).waitFor()
    }
  })
  await step('every customer has got one answer, and none is open', async () => {
    await until('all are closed', async () => {
      for (const { number } of fifty) if ((await api('GET', `/conversations/${number}`)).state !== 'closed') return false
      return true
    })
    for (const [place, { number }] of fifty.entries()) {
      await until(`${number} has its answer`, async () => {
        const got = (await meta('GET', `/customers/${number}/messages`)).data.filter(({ direction }) => direction === 'outbound')
        assert.ok(got.length <= 1, 'answered once')
        return got[0]?.text?.body === `Yes, ${place + 1}.`
      })
    }
  })
  await step('a label, put away for later, and back, by keys', async () => {
    await write(fifty[0])
    await keys.press('Escape')
    await agent.row('Customer 01').waitFor()
    await keys.press('Control+k')
    await inbox.getByRole('combobox', { name: 'A name, a number, an action' }).fill('customer 01')
    await keys.press('Enter')
    await heading.filter({ hasText: 'Customer 01' }).waitFor()
    await keys.press('l')
    await inbox.getByRole('dialog', { name: 'Labels' }).getByRole('button', { name: 'New label' }).press('Enter')
    await keys.type('Warranty')
    await keys.press('Tab')
    await inbox.getByRole('button', { name: 'Save label' }).press('Enter')
    await inbox.getByRole('checkbox', { name: 'Warranty' }).waitFor()
    await until('it is on', async () => inbox.getByRole('checkbox', { name: 'Warranty', checked: true }).count())
    await keys.press('Escape')
    await inbox.getByRole('dialog').waitFor({ state: 'hidden' })
    await keys.press('s')
    await inbox.getByRole('menuitem', { name: 'Until the customer writes' }).press('Enter')
    await inbox.getByRole('tab', { name: /^Later 1/ }).waitFor()
    await inbox.getByRole('tab', { name: /^Later/ }).click()
    await agent.row('Customer 01').getByText('Until an answer').waitFor()
    await shoot(inbox, 'later')
    await write(fifty[0])
    await inbox.getByRole('tab', { name: /^Later 0/ }).waitFor()
    await inbox.getByRole('tab', { name: /^All/ }).click()
    await agent.row('Customer 01').getByText('Warranty').waitFor()
  })

  const other = await another()
  try {
    const ben = desk(other.page)
    await step('two reach for the same one: one has it, the other is told who', async () => {
      const { number, name } = fifty[1]
      await write({ number, name })
      await agent.open(name)
      await ben.open(name)
      await inbox.getByRole('button', { name: 'Claim' }).waitFor()
      await other.page.getByRole('button', { name: 'Claim' }).waitFor()
      // Each sees the other in the row, too.
      await agent.row(name).getByText('Here now: Ben Krüger').waitFor({ state: 'attached' })
      await ben.row(name).getByText('Here now: Ana Ribeiro').waitFor({ state: 'attached' })
      await Promise.all([keys.press('c'), other.page.keyboard.press('c')])
      const { assignee } = await until('somebody has it', async () => {
        const now = await api('GET', `/conversations/${number}`)
        return now.assignee ? now : null
      })
      const [loser, winner] = assignee.name === 'Ben Krüger' ? [agent, 'Ben'] : [ben, 'Ana']
      await loser.answer.getByText(`${winner} has this conversation.`).waitFor()
      await loser.page.getByText(new RegExp(`${winner} took this`)).first().waitFor()
      await shoot(loser.page, 'taken')
    })
  } finally {
    await other.close()
  }
},
  // Whoever is second is refused.
  { expected: /409/ },
)
