import { expect, test } from 'vitest'
import type { TemplateDefinition, TemplateVariable } from '../../api/types'
import { requestOf } from '../data/request'
import { checkFile } from './files'
import { buttonsContent, checkButtons, checkList, listContent } from './interactive'
import { readPoint } from './place'
import { canFill, checkValue, componentsOf, pieces, templateContent } from './template'

test.each([
  ['a.jpg', 'image/jpeg', 5_000_000, { kind: 'image' }],
  ['a.jpg', 'image/jpeg', 5_000_001, { problem: 'size', limit: 5_000_000 }],
  ['a.PDF', '', 1, { kind: 'document' }],
  ['voice.ogg', 'audio/ogg; codecs=opus', 1, { kind: 'audio' }],
  ['a.heic', 'image/heic', 1, { problem: 'type', ending: 'heic' }],
  ['a.png', 'image/png', 0, { problem: 'empty' }],
])('%s of the type "%s" and %i bytes', (name, type, size, want) => {
  expect(checkFile({ name, type, size })).toEqual(want)
})

test.each([
  ['53.8655, 10.6866', { latitude: 53.8655, longitude: 10.6866 }],
  ['53,8655; 10,6866', { latitude: 53.8655, longitude: 10.6866 }],
  ['53.8655 10.6866', { latitude: 53.8655, longitude: 10.6866 }],
  ['-23.55,-46.63', { latitude: -23.55, longitude: -46.63 }],
  ['91, 0', null],
  ['Lübeck', null],
  ['', null],
])('the point "%s"', (text, want) => {
  expect(readPoint(text)).toEqual(want)
})

test('a message with buttons is checked and sent as the API wants it', () => {
  const form = { text: 'Wann?', footer: '', titles: ['Montag', '', 'Dienstag'] }
  expect(checkButtons(form)).toBeNull()
  expect(checkButtons({ ...form, text: ' ' })).toBe('text')
  expect(checkButtons({ ...form, titles: ['', '', ''] })).toBe('title')
  expect(checkButtons({ ...form, titles: ['Montag', 'Montag', ''] })).toBe('twice')
  expect(checkButtons({ ...form, titles: ['x'.repeat(21), '', ''] })).toBe('length')
  expect(requestOf(buttonsContent(form))).toEqual({
    kind: 'buttons',
    body: {
      text: 'Wann?',
      buttons: [
        { id: 'button_1', title: 'Montag' },
        { id: 'button_2', title: 'Dienstag' },
      ],
    },
  })
})

test('a list is checked and sent as the API wants it', () => {
  const form = {
    text: 'Wann?',
    button: 'Wählen',
    footer: 'F',
    rows: [{ title: '9 Uhr', description: 'mit Tomasz' }],
  }
  expect(checkList(form)).toBeNull()
  expect(checkList({ ...form, button: '' })).toBe('button')
  expect(checkList({ ...form, rows: [{ title: 'x'.repeat(25), description: '' }] })).toBe('length')
  expect(requestOf(listContent(form))).toEqual({
    kind: 'list',
    body: {
      text: 'Wann?',
      footer: 'F',
      button: 'Wählen',
      sections: [{ rows: [{ id: 'row_1', title: '9 Uhr', description: 'mit Tomasz' }] }],
    },
  })
})

const variable = (change: Partial<TemplateVariable>): TemplateVariable => ({
  component: 'body',
  index: 0,
  name: null,
  kind: 'text',
  example: '',
  card: null,
  required: true,
  ...change,
})

const definition: TemplateDefinition = {
  template_id: 'tpl_1',
  name: 'abholung',
  language: 'de',
  category: 'UTILITY',
  status: 'APPROVED',
  quality: '',
  waba_id: 'w',
  parameter_format: 'POSITIONAL',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Auftrag {{1}}' },
    { type: 'BODY', text: 'Hallo {{1}}, bis {{2}}. {{1}}' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Ja' },
        { type: 'URL', text: 'Ansehen', url: 'https://x/{{1}}' },
      ],
    },
  ],
  variables: [
    variable({ component: 'header' }),
    variable({}),
    variable({ index: 1 }),
    variable({ component: 'button', kind: 'payload', required: false }),
    variable({ component: 'button', index: 1, kind: 'url' }),
  ],
}
const values = {
  'header.0.text': { text: 'R-1' },
  'body.0.text': { text: 'Katrin' },
  'body.1.text': { text: 'morgen' },
  'button.1.url': { text: 'r-1' },
}

test('a template is filled in as Meta wants it, and as the customer reads it', () => {
  expect(componentsOf(definition, values)).toEqual([
    { type: 'header', parameters: [{ type: 'text', text: 'R-1' }] },
    {
      type: 'body',
      parameters: [
        { type: 'text', text: 'Katrin' },
        { type: 'text', text: 'morgen' },
      ],
    },
    { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'r-1' }] },
  ])
  expect(templateContent(definition, values).rendered).toEqual({
    header: 'Auftrag R-1',
    body: 'Hallo Katrin, bis morgen. Katrin',
    footer: '',
    buttons: ['Ja', 'Ansehen'],
  })
})

test('named variables carry their names, files their kind', () => {
  const named: TemplateDefinition = {
    ...definition,
    components: [
      { type: 'HEADER', format: 'DOCUMENT' },
      { type: 'BODY', text: 'Hallo {{nome}}' },
    ],
    variables: [variable({ component: 'header', kind: 'document' }), variable({ name: 'nome' })],
  }
  const filled = {
    'header.0.document': { media: { media_id: 'med_1', filename: 'a.pdf', size: 7 } },
    'body.0.text': { text: 'Ana' },
  }
  expect(componentsOf(named, filled)).toEqual([
    {
      type: 'header',
      parameters: [{ type: 'document', document: { media_id: 'med_1', filename: 'a.pdf' } }],
    },
    { type: 'body', parameters: [{ type: 'text', parameter_name: 'nome', text: 'Ana' }] },
  ])
  expect(pieces(named, 'body', 'Hallo {{nome}}!', {})).toEqual([
    'Hallo ',
    { value: 'nome', filled: false },
    '!',
  ])
})

test('the code of a login template is asked for once and stands in both places', () => {
  const login: TemplateDefinition = {
    ...definition,
    category: 'AUTHENTICATION',
    components: [{ type: 'BODY' }],
    variables: [variable({}), variable({ component: 'button', kind: 'url' })],
  }
  expect(componentsOf(login, { 'body.0.text': { text: '4711' } })).toEqual([
    { type: 'body', parameters: [{ type: 'text', text: '4711' }] },
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '4711' }] },
  ])
})

test('values are checked by the rules of their kind', () => {
  expect(checkValue(variable({}), undefined)).toBe('missing')
  expect(checkValue(variable({}), { text: ' ' })).toBe('missing')
  expect(checkValue(variable({}), { text: 'a\nb' })).toBe('space')
  expect(checkValue(variable({}), { text: 'a     b' })).toBe('space')
  expect(checkValue(variable({ kind: 'copy_code' }), { text: 'SAVE-20' })).toBe('code')
  expect(checkValue(variable({ kind: 'copy_code' }), { text: 'SAVE20' })).toBeNull()
})

test('what a form cannot give is not offered', () => {
  expect(canFill(definition)).toBe(true)
  expect(canFill({ ...definition, variables: [variable({ card: 0 })] })).toBe(false)
  expect(canFill({ ...definition, variables: [variable({ component: 'button', kind: 'mpm' })] })).toBe(false)
})
