// A repair shop's day: an order comes, the customer is told, answers and gets an
// answer; the status changes with the message shown before it goes; a message
// that cannot be sent says why; settings; the order beside the conversation.

import { api, assert, desk, fits, kontor, loaded, meta, picture, shoot, step, story, until } from './browser.mjs'

const phone = '4915155501466'
const customer = 'Ole Petersen'
const order = 'R-2402'

const shown = async () => JSON.stringify((await meta('GET', `/customers/${phone}/messages?direction=outbound`)).data)

await story('orders', async ({ inbox }) => {
  const log = inbox.getByRole('log', { name: 'Messages' })
  const bubble = (words) => log.getByRole('article').filter({ hasText: words }).last()
  const field = inbox.getByRole('textbox', { name: `Write to ${customer}` })
  const about = inbox.getByRole('complementary', { name: 'About this order' })

  await inbox.getByRole('link', { name: 'Orders', exact: true }).click()
  await step('an order of the shop’s system appears by itself, and its customer is told', async () => {
    await inbox.getByRole('heading', { name: 'Orders', level: 1 }).waitFor()
    await api('PUT', `/orders/${order}`, {
      customer: { phone, name: customer, language: 'en' },
      technician: { name: 'Ben Krüger' },
      status: 'received',
      fields: { device_model: 'Trekking bicycle', defect: 'rear brake' },
    })
    await inbox.getByRole('link', { name: new RegExp(`^${order}`) }).click()
    await inbox.getByRole('heading', { name: order }).waitFor()
    await bubble('Order #R-2402 is now: received').getByText('Delivered').waitFor()
    await inbox.getByText('has not written yet').waitFor()
  })
  await step('what the customer writes lies with the order', async () => {
    await meta('POST', `/customers/${phone}/messages`, { type: 'text', text: { body: 'How long will it take?' }, profile: { name: customer } })
    await bubble('How long will it take?').waitFor()
    await field.waitFor()
  })
  await step('words and a picture go out in the order’s name', async () => {
    await field.fill('Two days, we think.')
    await field.press('Enter')
    await bubble('Two days, we think.').waitFor()
    await inbox.locator('input[type=file]').setInputFiles(picture)
    await field.fill('This is the new brake')
    await inbox.getByRole('button', { name: 'Send', exact: true }).click()
    await loaded(bubble('This is the new brake').locator('img'))
    await until('the phone has both', async () => (await shown()).includes('This is the new brake'))
    const { data } = await api('GET', `/orders/${order}/history`)
    assert.equal(data.length, 4, 'all of it belongs to the order')
  })
  await shoot(inbox, 'order')

  await step('a change of status shows what it says before it says it', async () => {
    await about.getByLabel('Status').selectOption({ label: 'ready for pickup' })
    await about.getByText('Template · order_status_update · en_US').waitFor()
    await about.getByText('Order #R-2402 is now: ready for pickup').waitFor()
    // A colleague changes something else meanwhile: what was chosen stays.
    await api('PUT', `/orders/${order}`, {
      customer: { phone, name: customer, language: 'en' },
      technician: { name: 'Ben Krüger' },
      status: 'received',
      fields: { device_model: 'Trekking bicycle', defect: 'rear brake and bell' },
    })
    await about.getByText('rear brake and bell').waitFor()
    await about.getByText('Order #R-2402 is now: ready for pickup').waitFor()
    for (const [width, height] of [[390, 844], [1440, 900]]) {
      await inbox.setViewportSize({ width, height })
      if (width === 390) await inbox.getByRole('tab', { name: 'Order', exact: true }).click()
      const place = width === 390 ? inbox.getByRole('tabpanel') : about
      await place.getByLabel('Status').selectOption({ label: 'ready for pickup' })
      await place.getByText('Order #R-2402 is now: ready for pickup').waitFor()
      for (const colorScheme of ['light', 'dark']) {
        await inbox.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await shoot(inbox, `order-change-${width}-${colorScheme}`)
      }
    }
    await inbox.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    assert.ok(!(await shown()).includes('ready for pickup'), 'nothing has left yet')
    await about.getByRole('button', { name: 'Change the status and tell the customer' }).click()
    await until('the phone has it', async () => (await shown()).includes('ready for pickup'))
  })
  await step('it stands in the timeline, delivered', async () => {
    await inbox.getByRole('tab', { name: 'Timeline' }).click()
    const entries = inbox.getByRole('list', { name: 'Timeline' }).getByRole('listitem')
    await entries.filter({ hasText: 'Status: ready for pickup' }).waitFor()
    await entries.filter({ hasText: 'is now: ready for pickup' }).filter({ hasText: 'Delivered' }).waitFor()
    await shoot(inbox, 'order-timeline')
  })
  await step('a message that cannot be sent says why, before and after', async () => {
    const settings = await api('GET', '/order-statuses')
    const broken = structuredClone(settings)
    broken.statuses.find(({ key }) => key === 'completed').message.template = 'not_approved'
    await api('PUT', '/order-statuses', broken)
    await about.getByLabel('Status').selectOption({ label: 'completed' })
    await about.getByText('The customer will not be told.').waitFor()
    await about.getByRole('button', { name: 'Change the status', exact: true }).click()
    const problem = inbox.getByRole('list', { name: 'Timeline' }).getByRole('listitem').filter({ hasText: 'not sent' })
    await problem.getByText('template_missing').waitFor()
    await problem.getByText('Have it approved, or name another in the settings.').waitFor()
    await api('PUT', '/order-statuses', settings)
  })
  await step('an appointment shows its reminder', async () => {
    await about.getByLabel('Appointment').fill('2036-05-06T09:30')
    await about.getByText('Reminder of the appointment').waitFor()
    await about.getByRole('button', { name: 'Change the appointment', exact: true }).click()
    await inbox.getByRole('list', { name: 'Timeline' }).getByRole('listitem').filter({ hasText: 'Reminder planned' }).waitFor()
  })
  await step('orders are found by part of their id', async () => {
    await inbox.getByRole('searchbox', { name: 'Order or phone number' }).fill('240')
    await inbox.getByRole('link', { name: new RegExp(`^${order}`) }).waitFor()
    await inbox.getByRole('searchbox', { name: 'Order or phone number' }).fill('nothing')
    await inbox.getByText('No order fits what you asked for.').waitFor()
    await inbox.getByRole('searchbox', { name: 'Order or phone number' }).fill('0151 5550 1466')
    await inbox.getByText('A phone number begins with + and the country code.').waitFor()
    await inbox.getByRole('searchbox', { name: 'Order or phone number' }).fill(`+49 ${phone.slice(2)}`)
    await inbox.getByRole('link', { name: new RegExp(`^${order}`) }).waitFor()
    await inbox.getByRole('searchbox', { name: 'Order or phone number' }).fill('')
  })
  await fits(inbox)
  await step('what customers are told is a setting', async () => {
    await inbox.goto(`${kontor}/settings/orders`)
    await inbox.getByRole('button', { name: /^ready for pickup/ }).click()
    await inbox.getByText('Approved in: ').first().waitFor()
    await inbox.getByRole('checkbox', { name: /^Free text instead/ }).check()
    await inbox.getByRole('button', { name: 'Save settings' }).click()
    await inbox.getByRole('status').filter({ hasText: 'Saved' }).waitFor()
    assert.equal((await api('GET', '/order-statuses')).free_text, true)
    await shoot(inbox, 'settings-orders')
    await inbox.getByLabel('Address of the pages').fill('https://erp.shop.example/path')
    await inbox.getByRole('button', { name: 'Allow address' }).click()
    await inbox.getByRole('alert').filter({ hasText: 'origins[' }).waitFor()
  })
  await step('the order stands beside the conversation', async () => {
    await inbox.goto(kontor)
    await desk(inbox).open(customer)
    await inbox.getByRole('complementary', { name: 'About this person' }).getByRole('link', { name: new RegExp(`^${order}`) }).click()
    await inbox.getByRole('heading', { name: order }).waitFor()
  })
}, { expected: /422 PUT .*panel-origins|422 \(Unprocessable/ })
