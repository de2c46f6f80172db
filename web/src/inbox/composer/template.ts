import type {
  Content,
  Location,
  Media,
  Rendered,
  TemplateComponent,
  TemplateParameter,
} from '../../api/content'
import type { DefinitionComponent, TemplateDefinition, TemplateVariable } from '../../api/types'

/** What was filled in for one variable. */
export type Value = { text: string } | { media: Media } | { location: Location }
export type Values = Readonly<Record<string, Value | undefined>>

const fillable = ['text', 'image', 'video', 'document', 'location', 'url', 'copy_code', 'payload']

/** The name of a variable's place among the values. */
export function keyOf({ component, index, kind }: TemplateVariable): string {
  return `${component}.${index}.${kind}`
}

/**
 * The variables that a person fills in. What has a default is left out, and the code of a login template stands
 * in its body and on its button, so it is asked for once.
 */
export function variablesOf({ variables, category }: TemplateDefinition): TemplateVariable[] {
  return variables.filter(
    ({ required, component }) => required && !(category === 'AUTHENTICATION' && component === 'button'),
  )
}

/** Whether this page can fill a template in: carousels and product lists need more than a form. */
export function canFill(definition: TemplateDefinition): boolean {
  return variablesOf(definition).every(({ kind, card }) => card === null && fillable.includes(kind))
}

export type ValueFault = 'missing' | 'space' | 'code'

/** What is wrong with a value (cloud-api.md 1.4), or null. */
export function checkValue({ kind }: TemplateVariable, value: Value | undefined): ValueFault | null {
  if (!value) return 'missing'
  if (!('text' in value)) return null
  if (value.text.trim() === '') return 'missing'
  if (/[\n\t]| {5,}/.test(value.text)) return 'space'
  if (kind === 'copy_code' && !/^[a-z0-9]{1,20}$/i.test(value.text)) return 'code'
  return null
}

/** A text that is allowed as a value: WhatsApp takes no line breaks inside of one. */
export function asValue(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The message, with the values in Meta's form and as the customer will read it. */
export function templateContent(definition: TemplateDefinition, values: Values): Content {
  const components = componentsOf(definition, values)
  return {
    type: 'template',
    template: {
      name: definition.name,
      language: { code: definition.language },
      ...(components.length > 0 ? { components } : {}),
    },
    rendered: render(definition, values),
  }
}

export function componentsOf(definition: TemplateDefinition, values: Values): TemplateComponent[] {
  const components: TemplateComponent[] = []
  for (const part of ['header', 'body']) {
    const parameters = definition.variables
      .filter(({ component }) => component === part)
      .flatMap((variable) => parameterOf(variable, values[keyOf(variable)]) ?? [])
    if (parameters.length > 0) components.push({ type: part, parameters })
  }
  const code = definition.category === 'AUTHENTICATION' ? values['body.0.text'] : undefined
  for (const variable of definition.variables) {
    if (variable.component !== 'button') continue
    const value = values[keyOf(variable)] ?? (variable.kind === 'url' ? code : undefined)
    const component = buttonOf(variable, value)
    if (component) components.push(component)
  }
  return components
}

function parameterOf({ kind, name }: TemplateVariable, value: Value | undefined): TemplateParameter | null {
  if (!value) return null
  const named = name ? { parameter_name: name } : {}
  if ('text' in value) return { type: 'text', ...named, text: value.text.trim() }
  if ('location' in value) return { type: 'location', location: value.location }
  const { media_id, filename } = value.media
  return { type: kind, [kind]: { media_id, ...(kind === 'document' && filename ? { filename } : {}) } }
}

function buttonOf({ kind, index }: TemplateVariable, value: Value | undefined): TemplateComponent | null {
  if (!value || !('text' in value) || value.text.trim() === '') return null
  const text = value.text.trim()
  switch (kind) {
    case 'url':
      return { type: 'button', sub_type: 'url', index: String(index), parameters: [{ type: 'text', text }] }
    case 'copy_code':
      return {
        type: 'button',
        sub_type: 'copy_code',
        index: String(index),
        parameters: [{ type: 'coupon_code', coupon_code: text }],
      }
    default:
      return null
  }
}

/** A part of a template's text: as approved, or a place with what was filled in. */
export type Piece = string | { value: string; filled: boolean }

/** Cuts a text at its places, in their order: {{1}} and {{name}} alike. */
export function pieces(
  definition: TemplateDefinition,
  component: string,
  text: string,
  values: Values,
): Piece[] {
  const variables = definition.variables.filter((one) => one.component === component && one.kind === 'text')
  const found: Piece[] = []
  let at = 0
  let place = 0
  for (const match of text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)) {
    if (match.index > at) found.push(text.slice(at, match.index))
    const name = match[1] ?? ''
    const variable = variables.find((one) => one.name === name) ?? variables[positionOf(name, place)]
    const value = variable && values[keyOf(variable)]
    const filled = value && 'text' in value ? value.text.trim() : ''
    found.push(
      filled ? { value: filled, filled: true } : { value: variable?.name ?? `${place + 1}`, filled: false },
    )
    at = match.index + match[0].length
    place += 1
  }
  if (at < text.length) found.push(text.slice(at))
  return found
}

function positionOf(name: string, place: number): number {
  return /^\d+$/.test(name) ? Number(name) - 1 : place
}

export function partOf(definition: TemplateDefinition, type: string): DefinitionComponent | undefined {
  return definition.components.find((one) => one.type.toUpperCase() === type)
}

/** The labels of its buttons. */
export function buttonsOf(definition: TemplateDefinition): string[] {
  return partOf(definition, 'BUTTONS')?.buttons?.map(({ text, type }) => text ?? type) ?? []
}

function render(definition: TemplateDefinition, values: Values): Rendered {
  const plain = (type: 'HEADER' | 'BODY' | 'FOOTER') => {
    const text = partOf(definition, type)?.text ?? ''
    return pieces(definition, type.toLowerCase(), text, values)
      .map((piece) => (typeof piece === 'string' ? piece : piece.value))
      .join('')
  }
  return {
    header: plain('HEADER'),
    body: plain('BODY'),
    footer: plain('FOOTER'),
    buttons: buttonsOf(definition),
  }
}
