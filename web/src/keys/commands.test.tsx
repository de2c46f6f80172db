import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { pressed, spoken } from './chord'
import { type Acts, CommandsProvider, useCommands } from './commands'
import { commands } from './table'

function Page(acts: Acts) {
  useCommands(acts)
  return <input aria-label="field" />
}

const show = (acts: Acts) =>
  render(
    <CommandsProvider>
      <Page {...acts} />
    </CommandsProvider>,
  )

const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.body, { key, code: `Key${key.toUpperCase()}`, ...more })

test('a key acts on the page, and rests while somebody types or holds another key', () => {
  const next = vi.fn()
  show({ next })
  press('j')
  expect(next).toHaveBeenCalledTimes(1)
  const field = screen.getByLabelText('field')
  fireEvent.keyDown(field, { key: 'j' })
  press('j', { ctrlKey: true })
  press('j', { isComposing: true })
  expect(next).toHaveBeenCalledTimes(1)
  fireEvent.keyDown(field, { key: 'j', code: 'KeyJ', altKey: true })
  expect(next).toHaveBeenCalledTimes(2)
})

test('a key that an input method takes means nothing else', () => {
  const back = vi.fn()
  show({ back })
  press('Escape', { isComposing: true })
  // As Safari tells it: the composition is over when the key comes.
  press('Escape', { keyCode: 229 })
  expect(back).not.toHaveBeenCalled()
  press('Escape', { keyCode: 27 })
  expect(back).toHaveBeenCalledTimes(1)
})

test('with Shift it is another command', () => {
  const [resolve, resolveNext] = [vi.fn(), vi.fn()]
  show({ resolve, resolveNext })
  press('E', { shiftKey: true })
  expect([resolve, resolveNext].map((act) => act.mock.calls.length)).toEqual([0, 1])
  press('e', { ctrlKey: true, altKey: true })
  expect([resolve, resolveNext].map((act) => act.mock.calls.length)).toEqual([0, 2])
})

test('two keys one after the other; the second alone means what it always means', () => {
  const [goInbox, resolve] = [vi.fn(), vi.fn()]
  show({ goInbox, resolve })
  press('i')
  expect(goInbox).not.toHaveBeenCalled()
  press('g')
  press('i')
  expect(goInbox).toHaveBeenCalledTimes(1)
  press('i')
  expect(goInbox).toHaveBeenCalledTimes(1)
  press('g')
  press('e')
  expect(resolve).not.toHaveBeenCalled()
  press('e')
  expect(resolve).toHaveBeenCalledTimes(1)
})

test('the part that came last is asked first, and what it does not know goes on to the next', () => {
  const [below, above, undo] = [vi.fn(), vi.fn(), vi.fn()]
  render(
    <CommandsProvider>
      <Page back={below} undo={undo} />
      <Page back={above} />
    </CommandsProvider>,
  )
  press('Escape')
  press('z')
  expect([below, above, undo].map((act) => act.mock.calls.length)).toEqual([0, 1, 1])
})

test('letters follow what is printed on the key, with Alt its place, and AltGr writes', () => {
  const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false }
  expect(pressed('Z', { ...none, key: 'z', code: 'KeyY' })).toBe(true)
  expect(pressed('Alt+J', { ...none, key: '∆', code: 'KeyJ', altKey: true })).toBe(true)
  const altGr = { ...none, key: '€', code: 'KeyE', ctrlKey: true, altKey: true }
  expect(pressed('Ctrl+Alt+E', { ...altGr, getModifierState: (name) => name === 'AltGraph' })).toBe(false)
  expect(pressed('?', { ...none, key: '?', code: 'Minus', shiftKey: true })).toBe(true)
})

test('no key means two things', () => {
  const all = Object.values(commands).flatMap(({ keys }) => keys as readonly string[])
  expect(new Set(all).size).toBe(all.length)
  expect(spoken('Ctrl+Alt+E')).toBe('Ctrl Alt E')
})
