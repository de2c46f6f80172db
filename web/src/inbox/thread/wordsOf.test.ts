import { expect, test } from 'vitest'
import type { Content } from '../../api/content'
import { wordsOf } from './wordsOf'

test.each<[string, Content, string]>([
  ['its marks', { type: 'text', text: { body: '*R-2418*\nab 9 Uhr' } }, '*R-2418*\nab 9 Uhr'],
  [
    'the numbers of a card',
    {
      type: 'contacts',
      contacts: [
        {
          name: { formatted_name: 'Tom Meier' },
          phones: [{ phone: '0451 123' }, { wa_id: '4917012345678' }],
          emails: [{ email: 'tom@house.example' }],
        },
        { name: { formatted_name: 'Li' } },
      ],
    },
    'Tom Meier\n0451 123\n+4917012345678\ntom@house.example\n\nLi',
  ],
  [
    'where a place is',
    { type: 'location', location: { latitude: 53.8655, longitude: 10.6866, name: 'Holstentor' } },
    'Holstentor\n53.8655, 10.6866',
  ],
  [
    'the words under a file, not its name',
    { type: 'document', document: { filename: 'R-2391.pdf', caption: 'Der Kostenvoranschlag' } },
    'Der Kostenvoranschlag',
  ],
  [
    'all of a template',
    {
      type: 'template',
      template: { name: 'visita', language: { code: 'pt_BR' } },
      rendered: { header: 'Visita', body: 'Olá, *João*', footer: 'Nordlicht', buttons: [] },
    },
    'Visita\nOlá, *João*\nNordlicht',
  ],
  ['nothing of what has no words', { type: 'sticker', sticker: { media_id: 'med_1' } }, ''],
])('a copy has %s', (_, content, want) => {
  expect(wordsOf(content)).toBe(want)
})
