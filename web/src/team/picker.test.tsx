import { act, screen } from '@testing-library/react'
import { useRef, useState } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { aConversation, anAssignment } from '../test/fixtures'
import { show } from '../test/show'
import { AssignPicker } from './AssignPicker'

afterEach(() => vi.restoreAllMocks())

const nothing = () => undefined
const assignment = anAssignment()
const conversation = aConversation({ state: 'waiting', assignee: null })

let open: (nth: number) => void

function Header() {
  const anchor = useRef<HTMLButtonElement>(null)
  const [nth, setNth] = useState(0)
  open = setNth
  return (
    <>
      <button ref={anchor} type="button">
        Assigned to nobody
      </button>
      {nth ? (
        <AssignPicker
          key={nth}
          conversation={conversation}
          assignment={assignment}
          anchor={anchor}
          onClose={nothing}
        />
      ) : null}
    </>
  )
}

const later = () => act(() => new Promise((done) => setTimeout(done, 20)))

test('a picker that is opened anew at once keeps the keys, and gives them back when it closes', async () => {
  Element.prototype.scrollIntoView = nothing // jsdom lays nothing out
  vi.spyOn(HTMLElement.prototype, 'offsetParent', 'get').mockReturnValue(document.body)
  await show(<Header />, { conversation })
  act(() => open(1))
  await later()
  act(() => open(0))
  act(() => open(2)) // before the first one has told where the focus goes
  await later()
  expect(document.activeElement).toBe(screen.getByRole('combobox'))
  act(() => open(0))
  await later()
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Assigned to nobody' }))
})
