'use strict'
// Shows /openapi.json: nothing here knows a single call. Text is always set as
// text, never as markup.

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

// Paragraphs, with `code` in backquotes.
const prose = (text) =>
  (text || '').split(/\n\n+/).filter(Boolean).map((paragraph) => {
    const p = make('p')
    paragraph.split('`').forEach((part, i) => p.append(i % 2 ? make('code', {}, part) : part))
    return p
  })

const resolve = (spec, schema) => {
  const name = schema?.$ref?.split('/').pop()
  return name ? spec.components.schemas[name] : schema || {}
}

const typeName = (spec, schema) => {
  if (schema.$ref) return schema.$ref.split('/').pop()
  const types = [].concat(schema.type || (schema.anyOf ? schema.anyOf.map((s) => typeName(spec, s)) : 'any'))
  const named = types.map((t) => (t === 'array' ? `${typeName(spec, schema.items || {})}[]` : t))
  return named.join(' | ') + (schema.format && !schema.format.startsWith('int') ? ` (${schema.format})` : '')
}

const limits = (schema) => {
  const words = []
  if (schema.enum) words.push(`One of: ${schema.enum.join(', ')}.`)
  if (schema.default !== undefined) words.push(`Default: ${JSON.stringify(schema.default)}.`)
  if (schema.minLength !== undefined || schema.maxLength !== undefined) words.push(`Length: ${schema.minLength ?? 0}–${schema.maxLength ?? '…'}.`)
  if (schema.minItems !== undefined || schema.maxItems !== undefined) words.push(`Entries: ${schema.minItems ?? 0}–${schema.maxItems ?? '…'}.`)
  if (schema.minimum !== undefined || schema.maximum !== undefined) words.push(`From ${schema.minimum ?? '…'} to ${schema.maximum ?? '…'}.`)
  return words.join(' ')
}

// The members of an object, those of objects inside it below them.
const rows = (spec, schema, prefix, seen) => {
  const object = resolve(spec, schema)
  if (object.type === 'array' || (Array.isArray(object.type) && object.type.includes('array'))) return rows(spec, object.items || {}, `${prefix}[]`, seen)
  const out = []
  for (const [name, member] of Object.entries(object.properties || {})) {
    const path = prefix ? `${prefix}.${name}` : name
    const target = resolve(spec, member)
    const text = make('td')
    if ((object.required || []).includes(name)) text.append(make('span', { class: 'must' }, 'required '))
    text.append([member.description || target.description || '', limits(member)].filter(Boolean).join(' '))
    out.push(make('tr', {}, make('th', { scope: 'row' }, path), make('td', { class: 'kind' }, typeName(spec, member)), text))
    const inner = member.items || member
    const key = inner.$ref
    if (key ? !seen.includes(key) && seen.length < 4 : inner.properties) out.push(...rows(spec, inner, member.items ? `${path}[]` : path, key ? [...seen, key] : seen))
  }
  return out
}

const table = (entries) => make('div', { class: 'block' }, make('table', {}, make('tbody', {}, ...entries)))

const parameters = (operation) =>
  operation.parameters.map((p) =>
    make('tr', {}, make('th', { scope: 'row' }, p.name), make('td', { class: 'kind' }, p.in),
      make('td', {}, ...(p.required ? [make('span', { class: 'must' }, 'required ')] : []), [p.description || '', limits(p.schema || {})].filter(Boolean).join(' '))))

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`

const curl = (method, path, operation) => {
  const address = location.origin + path.replace(/\{(\w+)\}/g, (_, name) => {
    const p = (operation.parameters || []).find((q) => q.name === name)
    return p?.example || p?.schema?.examples?.[0] || name.toUpperCase()
  })
  const lines = [`curl ${method === 'GET' ? '' : method === 'HEAD' ? '--head ' : `-X ${method} `}${quote(address)}`, `-H "Authorization: Bearer $KONTOR_KEY"`]
  const content = operation.requestBody?.content || {}
  if (content['multipart/form-data']) lines.push('-F file=@photo.jpg')
  const json = content['application/json']
  if (json) lines.push(`-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(json.example || {}, null, 2))}`)
  if (operation.responses?.['200']?.content?.['text/event-stream']) lines.push('--no-buffer')
  return make('pre', {}, lines.join(' \\\n  '))
}

const article = (spec, path, method, operation) => {
  const node = make('article', { id: operation.operationId })
  node.append(make('h3', {}, operation.summary || path), make('div', { class: 'address' }, make('span', { class: 'method' }, method), path), ...prose(operation.description))
  if (operation.parameters?.length) node.append(make('h4', {}, 'Parameters'), table(parameters(operation)))
  for (const [type, content] of Object.entries(operation.requestBody?.content || {})) {
    node.append(make('h4', {}, `Body (${type})`), table(rows(spec, content.schema || {}, '', [])))
  }
  for (const [status, response] of Object.entries(operation.responses || {})) {
    if (status === 'default') continue
    for (const [type, content] of Object.entries(response.content || {})) {
      const entries = rows(spec, content.schema || {}, '', [])
      node.append(make('h4', {}, `Answer ${status} (${type})`), entries.length ? table(entries) : make('p', {}, response.description || ''))
    }
    if (!response.content) node.append(make('h4', {}, `Answer ${status}`), make('p', {}, 'No body.'))
  }
  node.append(make('h4', {}, 'Example'), curl(method, path, operation))
  return node
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete']

const show = (spec) => {
  document.getElementById('version').textContent = spec.info.version || ''
  document.getElementById('introduction').replaceChildren(...prose(spec.info.description))
  const main = document.getElementById('calls')
  const contents = document.getElementById('contents')
  main.replaceChildren()
  for (const tag of spec.tags) {
    const list = make('ul')
    const found = []
    for (const [path, item] of Object.entries(spec.paths)) {
      for (const method of methods) {
        const operation = item[method]
        if (!operation?.tags?.includes(tag.name)) continue
        found.push(article(spec, path, method.toUpperCase(), operation))
        list.append(make('li', {}, make('a', { href: `#${operation.operationId}` }, operation.summary || path)))
      }
    }
    if (!found.length) continue
    main.append(make('h2', {}, tag.name), make('p', {}, tag.description || ''), ...found)
    contents.append(make('h2', {}, tag.name), list)
  }
  const problem = make('article', { id: 'problem' })
  problem.append(make('h3', {}, 'Refusals'), table(rows(spec, { $ref: '#/components/schemas/Problem' }, '', [])))
  main.append(make('h2', {}, 'Refusals'), problem)
  document.getElementById('find').addEventListener('input', (event) => {
    const wanted = event.target.value.trim().toLowerCase()
    for (const node of main.querySelectorAll('article')) node.hidden = !node.textContent.toLowerCase().includes(wanted)
    for (const link of contents.querySelectorAll('a')) link.parentElement.hidden = document.getElementById(link.hash.slice(1)).hidden
  })
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

fetch('/openapi.json')
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`the server answered ${answer.status}`))))
  .then(show)
  .catch((error) => document.getElementById('calls').replaceChildren(make('p', {}, `The document could not be shown: ${error.message}`)))
