import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { Button } from './Button'

function show(button: ReactNode) {
  render(<Tooltip.Provider>{button}</Tooltip.Provider>)
  return screen.getByRole('button')
}

test('a button that cannot be used stays reachable, does nothing and says why', async () => {
  const onClick = vi.fn()
  const button = show(
    <Button onClick={onClick} disabledReason="Choose a template first.">
      Send template
    </Button>,
  )
  await userEvent.tab()
  expect(document.activeElement).toBe(button)
  expect((await screen.findByRole('tooltip')).textContent).toContain('Choose a template first.')
  await userEvent.click(button)
  expect(onClick).not.toHaveBeenCalled()
})

test('a busy button does not send twice', async () => {
  const onSubmit = vi.fn((event: Event) => event.preventDefault())
  const button = show(
    <Button type="submit" busy>
      Send
    </Button>,
  )
  document.addEventListener('submit', onSubmit)
  await userEvent.click(button)
  document.removeEventListener('submit', onSubmit)
  expect(onSubmit).not.toHaveBeenCalled()
  expect(button.getAttribute('aria-busy')).toBe('true')
})

test('the key is told to machines in their own spelling', () => {
  expect(show(<Button keys="Ctrl K">Search</Button>).getAttribute('aria-keyshortcuts')).toBe('Control+K')
})
