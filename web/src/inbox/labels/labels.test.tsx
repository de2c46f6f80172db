import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { aConversation } from '../../test/fixtures'
import { show } from '../../test/show'
import { LabelsDialog } from './LabelsDialog'

const garantie = { label_id: 'lbl_1', name: 'Garantie', colour: '#0d9488' }
const teil = { label_id: 'lbl_2', name: 'Ersatzteil', colour: '#ca8a04' }

afterEach(() => vi.unstubAllGlobals())

test('two labels that are put on in a row are both asked for, before the first is answered', async () => {
  const told: unknown[] = []
  const answers: ((answer: Response) => void)[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method !== 'PUT')
      return Response.json({ data: path.includes('/labels') ? [garantie, teil] : [] })
    told.push(JSON.parse(String(init.body)))
    return new Promise<Response>((answer) => answers.push(answer))
  })
  await show(<LabelsDialog conversation={aConversation()} onClose={() => undefined} />)
  const box = (name: string) => screen.getByRole('checkbox', { name })
  fireEvent.click(await screen.findByRole('checkbox', { name: 'Garantie' }))
  fireEvent.click(box('Ersatzteil'))
  expect(told).toEqual([{ label_ids: ['lbl_1'] }, { label_ids: ['lbl_1', 'lbl_2'] }])
  await act(async () => answers[0]?.(Response.json(aConversation({ labels: [garantie] }))))
  expect(box('Ersatzteil').getAttribute('aria-checked'), 'what was ticked stays ticked').toBe('true')
})
