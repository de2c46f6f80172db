// A team's queue hands itself out: in turn, up to what each may have, past who
// is away; the supervisor's page shows it as it happens, and conversations go
// from hand to hand, to a team, and to whoever claims them.

import { api, assert, desk, kontor, meta, step, story, until } from './browser.mjs'
import { Findings, look, lookAt, widths } from './looking.mjs'

const carla = { name: 'Carla Nunes', email: 'carla@house.example', password: 'seven lamps above the quay' }
const dino = { name: 'Dino Marković', email: 'dino@house.example', password: 'a ladder, a bell and fog' }
const names = ['Aylin Kaya', 'Bo Lindqvist', 'Chiara Rossi', 'Dewi Lestari', 'Emeka Obi', 'Farida Nasser', 'Goran Babić']
const customers = names.map((name, place) => ({ name, number: `49151777001${40 + place}` }))

/** An agent at a machine of their own, who came by an invitation. */
async function agentOf(page, { name, email, password }) {
  const { link } = await api('POST', '/invitations', { name, email, role: 'agent' })
  await page.goto(`${kontor}/invite?${link.split('?')[1]}`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Accept and sign in' }).click()
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  await page.getByRole('tab', { name: /^Mine/ }).click()
  return desk(page)
}

const write = ({ name, number }) =>
  meta('POST', `/customers/${number}/messages`, { type: 'text', text: { body: `${name} here, is it ready?` }, profile: { name } })
const conversation = ({ number }) => api('GET', `/conversations/${number}`).catch(() => null)

/** The name of whoever has a customer's conversation, once somebody has. */
const holder = (customer) => until(`somebody has ${customer.name}`, async () => (await conversation(customer))?.assignee?.name)
const waits = (customer) => until(`${customer.name} waits`, async () => (await conversation(customer))?.state === 'waiting')

await story(
  'routing',
  async ({ inbox, newBrowser }) => {
    const found = new Findings()
    const lead = desk(inbox)
    const agents = {
      [carla.name]: await agentOf(await newBrowser('carla'), carla),
      [dino.name]: await agentOf(await newBrowser('dino'), dino),
    }
    const dialog = inbox.getByRole('dialog')
    const switchOf = (name) => inbox.getByRole('switch', { name: new RegExp(`^${name}`) })
    const rowOf = (list, name) =>
      inbox.locator('section section').filter({ has: inbox.getByRole('heading', { name: list }) }).getByRole('listitem').filter({ hasText: name })
    /** The conversations that somebody sees as theirs. */
    const seen = ({ list }, { name }) => list.getByRole('link').filter({ hasText: name })

    await step('the lead makes a team of two', async () => {
      await inbox.goto(`${kontor}/settings/teams`)
      await inbox.getByRole('button', { name: 'Make a team' }).click()
      await dialog.getByLabel('Name').fill('Workshop')
      await dialog.getByRole('button', { name: 'Make the team' }).click()
      await inbox.getByRole('button', { name: 'Choose the people of Workshop' }).click()
      await dialog.getByRole('checkbox', { name: carla.name }).click()
      await dialog.getByRole('checkbox', { name: dino.name }).click()
      await dialog.getByRole('button', { name: 'Save the people' }).click()
      await inbox.getByText(`${carla.name}, ${dino.name}`).waitFor()
      await inbox.getByText('Taken by hand · open now').waitFor()
    })
    await step('it hands out in turn, two to each, what comes to the number', async () => {
      await inbox.getByRole('link', { name: 'How Workshop hands out' }).click()
      await inbox.getByRole('radio', { name: /^In turn/ }).click()
      await inbox.getByRole('textbox', { name: 'At once, each' }).fill('0')
      await inbox.getByText('How many at once is a number from 1 to 500.').first().waitFor()
      await inbox.getByRole('textbox', { name: 'At once, each' }).fill('2')
      await inbox.getByRole('combobox', { name: 'Time zone' }).selectOption('Europe/Berlin')
      await inbox.getByRole('radio', { name: /^At certain hours/ }).click()
      const clock = (name) => inbox.getByRole('combobox', { name }).last()
      /** What a clock offers comes when somebody reaches for it. */
      async function set(name, value) {
        await clock(name).focus()
        await clock(name).selectOption(value)
      }
      await set('Monday, until', '12:00')
      await inbox.getByRole('button', { name: 'One more part on Monday' }).click()
      await inbox.getByRole('button', { name: 'Monday’s hours until Friday' }).click()
      assert.equal(await clock('Friday, until').inputValue(), '17:00')
      await set('Monday, from', '11:00')
      await inbox.getByText('Two parts lie over each other.').waitFor()
      await set('Monday, from', '13:00')
      await inbox.getByRole('button', { name: 'Open on Saturday' }).click()
      await inbox.getByRole('textbox', { name: 'Closed on' }).fill('2026-12-25')
      await inbox.getByRole('button', { name: 'Add the day' }).click()
      await inbox.getByRole('list', { name: 'Closed days' }).getByText('Friday, December 25, 2026').waitFor()
      await inbox.locator('form').getByRole('checkbox').first().click()
      await inbox.getByRole('radio', { name: /^At certain hours/ }).focus()
      await look(inbox, 'team-hours', found)
      // Whatever the hour is while this is told.
      await inbox.getByRole('radio', { name: /^Day and night/ }).click()
      await inbox.getByRole('button', { name: 'Save how it hands out' }).click()
      await inbox.getByText(/^Saved /).waitFor()
      await inbox.reload()
      await inbox.getByRole('radio', { name: /^In turn/, checked: true }).waitFor()
      assert.equal(await inbox.getByRole('textbox', { name: 'At once, each' }).inputValue(), '2')
      const { data } = await api('GET', '/routing')
      const { mode, capacity, hours, closed_days, numbers } = data.find(({ team }) => team === 'workshop')
      assert.deepEqual({ mode, capacity, hours, closed_days, numbers: numbers.length }, {
        mode: 'round_robin', capacity: 2, hours: [], closed_days: ['2026-12-25'], numbers: 1,
      })
    })

    const holders = []
    await step('four customers write, and the two get them in turn', async () => {
      for (const customer of customers.slice(0, 4)) {
        await write(customer)
        holders.push(await holder(customer))
      }
      assert.notEqual(holders[0], holders[1], 'one after the other')
      assert.deepEqual(holders.slice(2), holders.slice(0, 2), 'and again')
      assert.deepEqual(holders.slice(0, 2).toSorted(), [carla.name, dino.name])
      for (const [place, name] of holders.entries()) await seen(agents[name], customers[place]).waitFor()
    })
    await step('the page of the lead shows it as it happens', async () => {
      await inbox.getByRole('link', { name: /Team$/ }).click()
      await inbox.getByRole('heading', { level: 1, name: 'Team' }).waitFor()
      await rowOf('People', carla.name).getByText('2 / 2').waitFor()
      await rowOf('People', dino.name).getByText('full').waitFor()
      await rowOf('Queues', 'Workshop').getByText('2 of 2').waitFor()
      await write(customers[4])
      await rowOf('Queues', 'Workshop').getByText(/^1\s*waiting/).waitFor()
      await waits(customers[4])
    })

    const [first, second] = holders.slice(0, 2)
    await step('one of them goes away, and everybody sees it', async () => {
      const { page } = agents[second]
      await page.getByRole('button', { name: /language, appearance.*You are available/ }).click()
      await page.getByRole('menuitemradio', { name: /^Away/ }).click()
      await page.getByRole('menuitemradio', { name: /^Away/, checked: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /language, appearance.*You are away/ }).waitFor()
      await inbox.getByRole('switch', { name: new RegExp(`^${second}: away`), checked: false }).waitFor()
      await rowOf('Queues', 'Workshop').getByText('1 of 2').waitFor()
      await look(inbox, 'team-busy', found)
    })
    await step('who is away gets no more; who has room gets what waits longest', async () => {
      const { page } = agents[second]
      await agents[second].open(customers[1].name)
      await page.getByRole('button', { name: 'Resolve' }).click()
      await rowOf('People', second).getByText('1 / 2').waitFor()
      await write(customers[5])
      await waits(customers[5])
      await rowOf('Queues', 'Workshop').getByText(/^2\s*waiting/).waitFor()
      await agents[first].open(customers[0].name)
      await agents[first].page.getByRole('button', { name: 'Resolve' }).click()
      assert.equal(await holder(customers[4]), first)
      await seen(agents[first], customers[4]).waitFor()
      assert.equal((await conversation(customers[5])).state, 'waiting')
    })
    await step('a row leads to what somebody has', async () => {
      await rowOf('People', second).getByRole('link').click()
      await lead.row(customers[3].name).waitFor()
      assert.equal(await lead.list.getByRole('tabpanel').getByRole('link').count(), 1, 'and to nothing else')
      await lead.list.getByText(second).first().waitFor()
    })
    await step('it is handed to a team by a few letters, and waits there', async () => {
      await lead.open(customers[3].name)
      const picker = inbox.getByRole('dialog', { name: 'Who gets this conversation?' })
      async function pick() {
        await inbox.keyboard.press('Escape')
        await picker.waitFor({ state: 'detached' })
        await inbox.keyboard.press('a')
        await picker.getByText(/has this conversation; handing it over takes it away there/).waitFor()
      }
      await inbox.keyboard.press('a')
      await picker.waitFor()
      for (const size of [...widths].reverse()) {
        await inbox.setViewportSize({ width: size[0], height: size[1] })
        await pick()
        await lookAt(inbox, 'hand-over', size, found)
      }
      await inbox.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await pick()
      await inbox.keyboard.type('works')
      await inbox.getByRole('option', { name: /^Workshop/, selected: true }).waitFor()
      await inbox.keyboard.press('Enter')
      await inbox.getByText('It waits for the team Workshop.').first().waitFor()
      await waits(customers[3])
      await lead.list.getByText('No conversation fits the filters.').waitFor()
    })
    await step('whoever claims it has it, full hands or not', async () => {
      const { page } = agents[first]
      await page.getByRole('tab', { name: /^Unassigned/ }).click()
      await agents[first].open(customers[3].name)
      await page.getByRole('button', { name: 'Claim' }).click()
      await page.getByRole('button', { name: new RegExp(`^Assigned to ${first}`) }).waitFor()
      assert.equal(await holder(customers[3]), first)
    })
    await step('somebody is faster, and only the lead may go on', async () => {
      await inbox.getByRole('button', { name: 'Without filters' }).click()
      await inbox.getByRole('tab', { name: /^Unassigned/ }).click()
      await lead.open(customers[5].name)
      const { person_id } = (await api('GET', '/people')).data.find(({ name }) => name === first)
      await inbox.route('**/transfer*', async (route) => {
        await api('POST', `/queue/${customers[5].number}/assign`, { person_id })
        await route.continue()
      }, { times: 1 })
      await inbox.keyboard.press('a')
      await inbox.getByRole('combobox', { name: 'A person or a team' }).fill(second.slice(0, 4))
      await inbox.getByRole('option', { name: new RegExp(`^${second}.*Away`) }).waitFor()
      await inbox.keyboard.press('Enter')
      await inbox.getByRole('alert').getByText(new RegExp(`^${first.split(' ')[0]} took this`)).waitFor()
      await inbox.getByRole('button', { name: 'Hand it over all the same' }).click()
      await inbox.getByRole('button', { name: new RegExp(`^Assigned to ${second}`) }).waitFor()
      assert.equal(await holder(customers[5]), second)
    })
    await step('all that one has goes to the team at once', async () => {
      await inbox.getByRole('link', { name: /Team$/ }).click()
      await inbox.getByRole('button', { name: `Hand over what ${second} has` }).click()
      await dialog.getByRole('combobox', { name: 'Person or team' }).selectOption({ label: 'Workshop' })
      await dialog.getByRole('button', { name: 'Hand over 1' }).click()
      await inbox.getByText('Handed over: 1').first().waitFor()
      await waits(customers[5])
      await rowOf('People', second).getByText('0 / 2').waitFor()
    })
    await step('the lead calls them back, and what waits is theirs at once', async () => {
      await switchOf(second).click()
      assert.equal(await holder(customers[5]), second)
      await seen(agents[second], customers[5]).waitFor()
      await agents[second].page.getByRole('button', { name: /You are available/ }).waitFor()
    })
    await step('the number feeds the team no more', async () => {
      const { data } = await api('GET', '/routing')
      const { time_zone, closed_days } = data.find(({ team }) => team === 'workshop')
      await api('PUT', '/routing/workshop', { mode: 'manual', capacity: 2, time_zone, hours: [], closed_days, numbers: [] })
      await rowOf('Queues', 'Workshop').getByText('Taken by hand').waitFor()
      await write(customers[6])
      await waits(customers[6])
      assert.equal((await conversation(customers[6])).team, null)
    })
    found.none()
  },
  // Whoever is second is refused; and whoever accepts an invitation is nobody before.
  { expected: /409|401/ },
)
