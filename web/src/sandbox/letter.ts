import { has, type Json, list, object, text } from './json'
import type { Button, Header, Letter, Media, MediaKind, Section } from './model'
import { readPlace } from './parts'

export type ReadMedia = (payload: unknown) => Media

const mediaKinds: readonly string[] = ['image', 'video', 'audio', 'document', 'sticker']

/** An interactive message of the business (cloud-api.md 1.3), as the customer sees it. */
export function readInteractive(json: Json, media: ReadMedia): Letter {
  const action = object(json.action)
  return {
    header: readHeader(object(json.header), media),
    body: text(object(json.body).text),
    footer: text(object(json.footer).text),
    buttons: readAction(text(json.type), action),
    cards: list(action.cards).map((card) => readInteractive(object(card), media)),
    products: readProducts(action),
  }
}

function readHeader(json: Json, media: ReadMedia): Header | null {
  const kind = text(json.type)
  if (kind === 'text') return { kind, text: text(json.text) }
  if (mediaKinds.includes(kind)) return { kind: kind as MediaKind, media: media(json[kind]) }
  return null
}

function readAction(type: string, action: Json): Button[] {
  const parameters = object(action.parameters)
  const label = text(parameters.display_text)
  switch (type) {
    case 'list':
      return [{ does: 'list', text: text(action.button), sections: list(action.sections).map(readSection) }]
    case 'cta_url':
      return [{ does: 'open', text: label, url: text(parameters.url) }]
    case 'flow':
      return [
        {
          does: 'flow',
          text: text(parameters.flow_cta),
          name: text(parameters.flow_name) || text(parameters.flow_id),
        },
      ]
    case 'address_message':
      return [{ does: 'flow', text: '', name: 'address_message' }]
    case 'location_request_message':
      return [{ does: 'place', text: '' }]
    case 'contact_request':
      return [{ does: 'contact', text: '' }]
    case 'call_permission_request':
      return [{ does: 'permit', text: '' }]
    case 'voice_call':
      return [{ does: 'nothing', text: label }]
  }
  if (label) return [{ does: 'open', text: label, url: text(parameters.url) }]
  return list(action.buttons).map((each) => {
    const button = object(each)
    const reply = has(button.reply) ? object(button.reply) : object(button.quick_reply)
    return { does: 'reply', id: text(reply.id), title: text(reply.title) }
  })
}

function readSection(json: unknown): Section {
  const section = object(json)
  return {
    title: text(section.title),
    rows: list(section.rows).map((each) => {
      const row = object(each)
      return { id: text(row.id), title: text(row.title), description: text(row.description) }
    }),
  }
}

function readProducts(action: Json): string[] {
  const named = list(action.sections).flatMap((section) =>
    list(object(section).product_items).map((item) => text(object(item).product_retailer_id)),
  )
  const single = text(action.product_retailer_id)
  return single ? [single, ...named] : named
}

/** A template, filled in by the sandbox (`rendered` in internal/sandbox/checkbutton.go). */
export function readRendered(json: Json, media: ReadMedia): Letter {
  const offer = text(json.offer)
  return {
    header: readRenderedHeader(object(json.header), media),
    body: [text(json.body), offer].filter(Boolean).join('\n'),
    footer: text(json.footer),
    buttons: list(json.buttons).map((each) => readTemplateButton(object(each))),
    cards: list(json.cards).map((card) => readRendered(object(card), media)),
    products: [],
  }
}

function readRenderedHeader(json: Json, media: ReadMedia): Header | null {
  const kind = text(json.type)
  if (kind === 'text') return { kind, text: text(json.text) }
  if (kind === 'location') return { kind: 'place', place: readPlace(json.media) }
  if (mediaKinds.includes(kind)) return { kind: kind as MediaKind, media: media(json.media) }
  return null
}

function readTemplateButton(json: Json): Button {
  const label = text(json.text)
  switch (text(json.type)) {
    case 'quick_reply':
      return { does: 'quick', text: label, payload: text(json.payload) || label }
    case 'url':
      return { does: 'open', text: label, url: text(json.url) }
    case 'phone_number':
      return { does: 'call', text: label, phone: text(json.phone_number) }
    case 'copy_code':
    case 'otp':
      return { does: 'copy', text: label, code: text(json.payload) }
    case 'flow':
      return { does: 'flow', text: label, name: 'flow' }
  }
  return { does: 'nothing', text: label || text(json.type) }
}
