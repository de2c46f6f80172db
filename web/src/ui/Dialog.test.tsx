import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { Dialog } from './Dialog'

test('Escape closes it, but not one with which an input method takes back what it proposed', () => {
  const change = vi.fn()
  render(
    <Dialog open onOpenChange={change} title="A quick reply">
      <input aria-label="Text" />
    </Dialog>,
  )
  const field = screen.getByLabelText('Text')
  fireEvent.keyDown(field, { key: 'Escape', isComposing: true })
  fireEvent.keyDown(field, { key: 'Escape', keyCode: 229 })
  expect(change).not.toHaveBeenCalled()
  fireEvent.keyDown(field, { key: 'Escape', keyCode: 27 })
  expect(change).toHaveBeenCalledExactlyOnceWith(false)
})
