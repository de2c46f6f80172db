import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useKeys } from './useKeys'

function Page({ onJ }: { onJ: () => void }) {
  useKeys({ j: onJ })
  return <input aria-label="field" />
}

test('a key acts on the page, and rests while somebody types or holds a modifier', () => {
  const onJ = vi.fn()
  render(<Page onJ={onJ} />)
  fireEvent.keyDown(document.body, { key: 'j' })
  fireEvent.keyDown(document.body, { key: 'J', shiftKey: true })
  expect(onJ).toHaveBeenCalledTimes(2)
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'j' })
  fireEvent.keyDown(document.body, { key: 'j', ctrlKey: true })
  fireEvent.keyDown(document.body, { key: 'j', isComposing: true })
  expect(onJ).toHaveBeenCalledTimes(2)
})
