import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { aConversation, anAssignment } from '../../test/fixtures'
import { show } from '../../test/show'
import { ThreadHeader } from './ThreadHeader'

const nothing = () => undefined
const assignment = anAssignment()

async function header(rights?: readonly string[]) {
  const conversation = aConversation({
    state: 'waiting',
    assignee: null,
    automation: { state: 'off', until: null, by: null },
  })
  await show(
    <ThreadHeader
      conversation={conversation}
      assignment={assignment}
      personOpen={false}
      onPerson={nothing}
      onDate={nothing}
      onLeave={nothing}
    />,
    { conversation, rights },
  )
  return screen
    .getAllByRole('button')
    .map((button) => button.getAttribute('aria-label') ?? button.textContent)
}

test('an agent can claim, put away and resolve', async () => {
  const names = (await header()).join(' | ')
  for (const want of ['Claim', 'Put away for later', 'Resolve', 'Bot switched off, change'])
    expect(names).toContain(want)
})

test('whoever may only read is offered nothing that would be refused', async () => {
  expect(await header(['read'])).toEqual(['Go to a day', 'About this person'])
  expect(screen.getByText('Bot switched off')).toBeTruthy()
})
