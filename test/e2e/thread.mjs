// A long thread, from the newest message to the first and back, with what stands
// in it beside messages: notes that never leave, voices that were recorded here,
// pictures one after the other.

import { readFileSync } from 'node:fs'
import { assert, api, desk, meta, phonePage, picture, sandbox, shoot, step, story, until } from './browser.mjs'

const number = '4915228817386'
const name = 'Nora Lindqvist'
const many = 400

await story('thread', async ({ context, inbox }) => {
  const agent = desk(inbox)
  const says = (body) =>
    meta('POST', `/customers/${number}/messages`, { type: 'text', text: { body }, profile: { name } })

  await step(`a customer writes ${many} times`, async () => {
    // The first and the last alone, so that they are; those between come as they come.
    await says('Line 0')
    for (let from = 1; from < many - 1; from += 40) {
      const to = Math.min(many - 1, from + 40)
      await Promise.all(Array.from({ length: to - from }, (_, place) => says(`Line ${from + place}`)))
    }
    await says(`Line ${many - 1}`)
    await until('all are here', async () => (await api('GET', `/conversations/${number}`)).unread === many)
  })

  /** The number of the topmost line in sight, and how much of the thread exists as elements. */
  const look = () =>
    agent.thread.evaluate((thread) => {
      const top = thread.getBoundingClientRect().top
      const articles = [...thread.querySelectorAll('article')]
      const first = articles.find((article) => article.getBoundingClientRect().bottom > top + 4)
      return { line: first?.innerText.split('\n')[0], articles: articles.length, at: thread.scrollTop }
    })

  await step('it opens at the newest', async () => {
    await agent.open(name)
    await agent.bubble(`Line ${many - 1}`).waitFor()
    await inbox.getByRole('button', { name: 'To the newest' }).waitFor({ state: 'detached' })
  })
  await step('it scrolls to the first message, and only what is in sight exists', async () => {
    await agent.thread.hover()
    await until('the first line is in sight', async () => {
      await inbox.mouse.wheel(0, -3000)
      return agent.thread.getByText('Line 0', { exact: true }).isVisible()
    })
    const { articles } = await look()
    assert.ok(articles < 60, `${articles} messages exist as elements`)
  })
  await step('what somebody reads stays where it is while more comes', async () => {
    const before = await look()
    await says('One more')
    await inbox.getByRole('button', { name: '1 new message' }).waitFor()
    assert.equal((await look()).line, before.line)
    await inbox.getByRole('button', { name: '1 new message' }).click()
    await agent.bubble('One more').waitFor()
  })
  await step('a day leads to what was said first on it', async () => {
    await inbox.keyboard.press('d')
    const dialog = inbox.getByRole('dialog', { name: 'Go to which day?' })
    await dialog.getByRole('button', { name: 'Go to the day' }).click()
    await until('its first message is in sight', async () => (await look()).at < 2000)
    await inbox.getByRole('button', { name: 'To the newest' }).click()
    await inbox.getByRole('button', { name: 'To the newest' }).waitFor({ state: 'detached' })
  })

  await step('what is unread has a line above it', async () => {
    await inbox.keyboard.press('Escape')
    await inbox.getByText('Choose a conversation.').waitFor()
    for (const body of ['Still there?', 'Hello?']) await says(body)
    await agent.row(name).getByText('2 unread messages').waitFor({ state: 'attached' })
    await agent.open(name)
    await agent.thread.getByText('New', { exact: true }).waitFor()
    const [line, first] = await Promise.all(
      [agent.thread.getByText('New', { exact: true }), agent.bubble('Still there?')].map((one) => one.boundingBox()),
    )
    assert.ok(line.y < first.y && first.y - line.y < 60, `the line at ${line.y}, the first unread message at ${first.y}`)
  })

  const phone = await phonePage(context, `+${number}`, name)
  const heard = async () => (await meta('GET', `/customers/${number}/messages`)).data.filter(({ direction }) => direction === 'outbound')
  await step('a note is announced, names a colleague, and never leaves', async () => {
    await inbox.keyboard.press('n')
    await inbox.getByRole('textbox', { name: 'Write a note' }).waitFor()
    await inbox.getByText('You write a note. Only your team sees it.').waitFor({ state: 'attached' })
    await inbox.keyboard.type('The seal is in B4, ask @be')
    await inbox.getByRole('option', { name: 'Ben Krüger' }).waitFor()
    await inbox.keyboard.press('Enter')
    await inbox.keyboard.type('about it')
    await inbox.keyboard.press('Enter')
    const note = agent.thread.getByRole('article', { name: /^Note of/ })
    await note.getByText('@Ben Krüger').waitFor()
    await note.getByText('only your team sees this').waitFor()
    await shoot(inbox, 'note')
    // What is sent afterwards arrives; had the note left, it would be there before it.
    await inbox.keyboard.press('Escape')
    await inbox.keyboard.press('r')
    await agent.field.waitFor()
    await agent.say('We have the part.')
    await phone.bubble('We have the part.').waitFor()
    assert.deepEqual((await heard()).map(({ text }) => text?.body), ['We have the part.'], 'all that the customer got')
    assert.equal(await phone.log.getByText('The seal is in B4').count(), 0)
  })
  await step('a voice message is recorded, heard, and sent as Ogg with Opus', async () => {
    await agent.answer.getByRole('button', { name: 'Record a voice message' }).first().click()
    await agent.answer.getByText('Recording').first().waitFor()
    await until('a second was recorded', () => agent.answer.getByText('0:01').count())
    await shoot(inbox, 'recording')
    await agent.answer.getByRole('button', { name: 'End and listen first' }).click()
    await agent.answer.getByRole('button', { name: 'Discard the voice message' }).waitFor()
    await agent.answer.getByRole('button', { name: 'Play voice message' }).waitFor()
    await agent.answer.getByRole('button', { name: 'Send', exact: true }).click()
    const voice = await until('the phone has it', async () => (await heard()).find(({ type }) => type === 'audio'))
    assert.equal(voice.audio.voice, true)
    const bytes = Buffer.from(await (await fetch(voice.audio.url.startsWith('http') ? voice.audio.url : sandbox + voice.audio.url)).arrayBuffer())
    assert.equal(bytes.subarray(0, 4).toString(), 'OggS')
    assert.ok(bytes.subarray(0, 64).includes('OpusHead'), 'the codec is Opus')
  })
  await step('pictures are looked at one after the other', async () => {
    const data = readFileSync(picture).toString('base64')
    for (const caption of ['From the left', 'From the right']) {
      await meta('POST', `/customers/${number}/messages`, { type: 'image', image: { data, mime_type: 'image/png', caption } })
    }
    await agent.thread.getByRole('button', { name: 'Picture: From the right, open' }).click()
    const viewer = inbox.getByRole('dialog', { name: 'Picture: From the right' })
    await viewer.getByText('2 of 2').waitFor()
    await inbox.keyboard.press('+')
    await viewer.locator('img[data-scale="1.50"]').waitFor()
    await inbox.keyboard.press('ArrowLeft')
    await inbox.getByRole('dialog', { name: 'Picture: From the left' }).getByText('1 of 2').waitFor()
    await inbox.keyboard.press('Escape')
    await inbox.getByRole('dialog').waitFor({ state: 'hidden' })
  })
})
