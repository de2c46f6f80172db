import { fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { show } from '../test/show'
import { VoicePlayer } from './VoicePlayer'

/** What a browser does to a sound, which jsdom does not. */
const paused: string[] = []
beforeEach(() => {
  paused.length = 0
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (this: HTMLMediaElement) {
    fireEvent.play(this)
  })
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(function (this: HTMLMediaElement) {
    paused.push(this.getAttribute('src') ?? '')
    fireEvent.pause(this)
  })
})
afterEach(() => vi.restoreAllMocks())

test('one voice message plays at a time', async () => {
  await show(
    <>
      <VoicePlayer src="/first.ogg" />
      <VoicePlayer src="/second.ogg" />
    </>,
  )
  const play = () => screen.getAllByRole('button', { name: 'Play voice message' })
  fireEvent.click(play()[0] as HTMLElement)
  expect(paused).toEqual(['/second.ogg'])
  expect(play()).toHaveLength(1)
  fireEvent.click(play()[0] as HTMLElement)
  expect(paused).toEqual(['/second.ogg', '/first.ogg'])
  expect(play(), 'the first has stopped').toHaveLength(1)
})

test('what plays can be made faster, and slow again', async () => {
  const { container } = await show(<VoicePlayer src="/first.ogg" />)
  const sound = container.querySelector('audio') as HTMLAudioElement
  expect(screen.queryByRole('button', { name: /^Speed/ })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Play voice message' }))
  for (const [said, rate] of [
    ['1', 1.5],
    ['1.5', 2],
    ['2', 1],
  ] as const) {
    fireEvent.click(screen.getByRole('button', { name: `Speed: ${said} times` }))
    expect(sound.playbackRate).toBe(rate)
  }
})
