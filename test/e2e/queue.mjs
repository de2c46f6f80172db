// The queue: claimed, given to somebody else, resolved, and opened again by the
// customer.

import { assert, api, desk, phonePage, shoot, step, story, until } from './browser.mjs'

await story('queue', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const name = '陈静怡'
  const number = '8613905550134'
  const phone = await phonePage(context, `+${number}`, name)
  await phone.write('我明天可以来取吗？')
  const state = async () => (await api('GET', `/conversations/${number}`)).state

  await step('it waits for somebody', async () => {
    await inbox.getByRole('tab', { name: /^Unassigned/ }).click()
    await agent.open(name)
    assert.equal(await state(), 'waiting')
  })
  await step('the agent claims it', async () => {
    await inbox.getByRole('button', { name: 'Claim' }).click()
    await inbox.getByRole('button', { name: /^Assigned to Ana Ribeiro/ }).waitFor()
    await inbox.getByRole('tab', { name: /^Mine/ }).click()
    await agent.row(name).waitFor()
  })
  await step('and gives it to Ben', async () => {
    await inbox.getByRole('button', { name: /^Assigned to Ana Ribeiro/ }).click()
    await inbox.getByRole('option', { name: 'Ben Krüger' }).click()
    await inbox.getByRole('button', { name: /^Assigned to Ben Krüger/ }).waitFor()
    await agent.answer.getByText('Ben has this conversation.').waitFor()
    await inbox.getByRole('tab', { name: /^All/ }).click()
    await agent.row(name).getByText('Assigned to Ben Krüger').waitFor({ state: 'attached' })
    await shoot(inbox, 'taken')
  })
  await step('what Ben has not read stays unread while Ana reads along', async () => {
    for (const words of ['在吗？', '我在门口']) {
      await phone.write(words)
      await agent.bubble(words).waitFor()
    }
    assert.equal((await api('GET', `/conversations/${number}`)).unread, 2)
    await agent.row(name).getByText('2 unread messages').waitFor({ state: 'attached' })
  })
  await step('takes it over again, reads it by that, and resolves it', async () => {
    await agent.answer.getByRole('button', { name: 'Take over' }).click()
    await agent.field.waitFor()
    await until('it is read', async () => (await api('GET', `/conversations/${number}`)).unread === 0)
    await inbox.getByRole('button', { name: 'Resolve' }).click()
    await inbox.getByRole('banner').or(inbox.locator('header')).getByText('Resolved').first().waitFor()
    assert.equal(await state(), 'closed')
    await inbox.getByRole('tab', { name: /^Closed/ }).click()
    await agent.row(name).waitFor()
  })
  await step('the customer writes again, and it waits again', async () => {
    await phone.write('还有一个问题')
    await inbox.getByRole('tab', { name: /^Unassigned/ }).click()
    await agent.row(name).filter({ hasText: '还有一个问题' }).waitFor()
    await inbox.getByRole('button', { name: 'Claim' }).waitFor()
    assert.equal(await state(), 'waiting')
  })
})
