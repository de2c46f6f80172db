// The sandbox's page: phones side by side, Meta's review desk, faults, the
// clock, the log of every call, and starting anew.

import { api, assert, fits, meta, sandbox, shoot, step, story, until } from './browser.mjs'

await story('sandbox', async ({ context }) => {
  const page = await context.newPage()
  await page.goto(sandbox)
  await page.getByRole('heading', { name: 'Sandbox' }).waitFor()
  const side = page.getByRole('complementary', { name: 'Meta’s side' })

  await step('several phones stand side by side, and each has its switches', async () => {
    await until('there are two at least', async () => (await page.getByRole('log').count()) >= 2)
    const off = page.getByRole('switch', { name: 'No marketing' }).first()
    await off.click()
    await until('it is on', async () => (await off.getAttribute('aria-checked')) === 'true')
    await until('the sandbox knows', async () =>
      (await meta('GET', '/customers')).data.some((each) => each.opted_out_marketing),
    )
    await off.click()
    await until('it is off', async () => (await off.getAttribute('aria-checked')) === 'false')
  })

  await step('a template is rejected with a reason, approved again, and Kontor knows', async () => {
    const statusOf = async () => (await api('GET', '/templates?q=hello_world')).data[0].status
    await page.getByRole('button', { name: /^Templates/ }).click()
    await page.getByRole('list', { name: 'Templates' }).getByRole('button', { name: /hello_world/ }).click()
    const detail = page.getByRole('region', { name: 'hello_world' })
    await detail.getByRole('button', { name: 'Reject with a reason' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').selectOption('SCAM')
    await dialog.getByRole('button', { name: 'Reject template' }).click()
    await detail.getByText('Rejected', { exact: true }).waitFor()
    await detail.getByText('(SCAM)').waitFor()
    await until('Kontor knows', async () => (await statusOf()) === 'REJECTED')
    await detail.getByRole('button', { name: 'Approve' }).click()
    await detail.getByText('Approved', { exact: true }).waitFor()
    await detail.getByLabel('Quality').selectOption('YELLOW')
    await until('the quality is kept', async () =>
      (await meta('GET', '/templates')).data.some(({ name, quality }) => name === 'hello_world' && quality === 'YELLOW'),
    )
    await until('Kontor knows', async () => (await statusOf()) === 'APPROVED')
    await shoot(page, 'sandbox-templates')
    await page.getByRole('button', { name: 'Phones' }).click()
  })

  await step('a fault strikes once, and the log says why', async () => {
    await side.getByLabel('How often: Refuse calls').selectOption('count 1')
    await side.getByRole('switch', { name: 'Refuse calls' }).click()
    await until('it is in force', async () => (await meta('GET', '/faults')).data.length === 1)
    await api('POST', '/send/text', { to: '12025550143', text: 'Struck' })
    await side.getByText('struck once').waitFor()
    await side.getByRole('button', { name: 'Troubles' }).click()
    const line = side.getByRole('listitem').filter({ hasText: 'POST /messages' }).first()
    await line.getByText('130429').waitFor()
    await line.getByRole('button').first().click()
    await line.getByRole('button', { name: 'Copy as curl' }).waitFor()
    await line.getByText('Struck', { exact: false }).first().waitFor()
    await meta('DELETE', '/faults')
    await side.getByRole('button', { name: 'All', exact: true }).click()
  })

  await step('Meta’s time is moved, stands, and goes back', async () => {
    await side.getByRole('button', { name: '1 hour later' }).click()
    await side.getByRole('button', { name: 'Let it stand' }).click()
    await side.getByRole('button', { name: 'Let it go' }).waitFor()
    const { now } = await meta('GET', '/clock')
    assert.ok(new Date(now) - Date.now() > 3_500_000, 'an hour ahead')
    await side.getByRole('button', { name: 'Let it go' }).click()
    await side.getByRole('button', { name: 'Back to now' }).click()
    await side.getByRole('button', { name: 'Back to now' }).waitFor({ state: 'detached' })
  })
  await fits(page)
  await shoot(page, 'sandbox')

  await step('starting anew asks first, and keeps everything when told so', async () => {
    await page.getByRole('button', { name: 'Start anew' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Keep everything' }).click()
    assert.ok((await meta('GET', '/customers')).data.length > 1, 'nobody was forgotten')
  })
})
