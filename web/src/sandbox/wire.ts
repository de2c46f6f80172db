import { date, has, type Json, list, number, object, text, yes } from './json'
import { readInteractive, readRendered } from './letter'
import type {
  BusinessNumber,
  Content,
  Customer,
  Fault,
  LogLine,
  Media,
  MediaKind,
  Message,
  Problem,
  Status,
  Template,
} from './model'
import { readCard, readPlace } from './parts'

const statuses: readonly string[] = ['accepted', 'sent', 'delivered', 'read', 'played', 'failed']

export function readStatus(json: unknown): Status {
  const status = text(json)
  return statuses.includes(status) ? (status as Status) : 'accepted'
}

/** One message of GET /sandbox/customers/{phone}/messages, or of the event `message`. */
export function readMessage(value: unknown): Message {
  const json = object(value)
  const reactions = object(json.reactions)
  return {
    id: text(json.id),
    mine: text(json.direction) === 'inbound',
    number: text(json.phone_number_id),
    content: readContent(json),
    context: text(object(json.context).id),
    at: date(json.at),
    status: readStatus(json.status),
    problems: list(json.errors).map(readProblem),
    reactions: { mine: text(reactions.customer), theirs: text(reactions.business) },
  }
}

function readContent(json: Json): Content {
  const type = text(json.type)
  const body = json[type]
  switch (type) {
    case 'text':
      return { kind: 'text', text: text(object(body).body) }
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return { kind: type satisfies MediaKind, media: readMedia(body) }
    case 'location':
      return { kind: 'place', place: readPlace(body) }
    case 'contacts':
      return { kind: 'contacts', cards: list(body).map(readCard) }
    case 'reaction':
      return { kind: 'reaction', target: text(object(body).message_id), emoji: text(object(body).emoji) }
    case 'button':
      return {
        kind: 'choice',
        id: text(object(body).payload),
        title: text(object(body).text),
        description: '',
      }
    case 'interactive':
      return (
        readAnswer(object(body)) ?? {
          kind: 'letter',
          letter: readInteractive(object(body), readMedia),
          template: '',
        }
      )
    case 'template':
      return {
        kind: 'letter',
        letter: readRendered(object(json.rendered), readMedia),
        template: text(object(body).name),
      }
  }
  return { kind: 'unknown', type }
}

/** What the customer chose, when the message is such an answer. */
function readAnswer(json: Json): Content | null {
  const type = text(json.type)
  if (type === 'button_reply' || type === 'list_reply') {
    const reply = object(json[type])
    return {
      kind: 'choice',
      id: text(reply.id),
      title: text(reply.title),
      description: text(reply.description),
    }
  }
  if (type === 'nfm_reply') {
    const reply = object(json.nfm_reply)
    return {
      kind: 'choice',
      id: text(reply.name),
      title: text(reply.body),
      description: text(reply.response_json),
    }
  }
  if (type === 'call_permission_reply') {
    const response = text(object(json.call_permission_reply).response)
    return { kind: 'choice', id: response, title: response, description: '' }
  }
  return null
}

/** Media has the sandbox's own address beside its id or link, once the sandbox has the bytes. */
function readMedia(value: unknown): Media {
  const json = object(value)
  return {
    url: pathOf(text(json.url)),
    caption: text(json.caption),
    filename: text(json.filename),
    mimeType: text(json.mime_type),
    voice: yes(json.voice),
  }
}

/** The same host, whatever name the sandbox was called by when the address was written. */
function pathOf(url: string): string | null {
  const at = url.indexOf('/sandbox/media/')
  return at < 0 ? null : url.slice(at)
}

/** A Graph error, of a failed status or of a refused call. */
export function readProblem(value: unknown): Problem {
  const json = object(value)
  return {
    code: number(json.code),
    title: text(json.title) || text(json.message),
    details: text(json.details) || text(object(json.error_data).details),
  }
}

export function readCustomer(value: unknown): Customer {
  const json = object(value)
  return {
    phone: text(json.phone),
    bsuid: text(json.bsuid),
    name: text(json.name),
    username: text(json.username).replace(/^@/, ''),
    offline: !yes(json.online),
    blocked: yes(json.blocked),
    usernameOnly: yes(json.username_only),
    optedOut: yes(json.opted_out_marketing),
    notOnWhatsApp: yes(json.not_on_whatsapp),
    readsAtOnce: yes(json.reads_at_once),
    lastAt: text(json.last_at) ? date(json.last_at) : null,
  }
}

export function readNumber(value: unknown): BusinessNumber {
  const json = object(value)
  return {
    id: text(json.phone_number_id),
    name: text(json.verified_name),
    display: text(json.display_phone),
    callback: text(json.callback_url),
  }
}

export function readFault(value: unknown): Fault {
  const json = object(value)
  return {
    id: text(json.id),
    kind: text(json.kind),
    code: number(json.code),
    ratio: number(json.ratio),
    count: number(json.count),
    delayMs: number(json.delay_ms),
    match: Object.values(object(json.match)).map(text).filter(Boolean).join(' '),
    struck: number(json.struck),
  }
}

/** A template of GET /sandbox/templates, or of the event `template`. */
export function readTemplate(value: unknown): Template {
  const json = object(value)
  const parts = list(json.components).map(object)
  const part = (type: string) => object(parts.find((each) => text(each.type).toUpperCase() === type))
  const header = part('HEADER')
  const quality = json.quality ?? json.quality_score
  return {
    id: text(json.id),
    account: text(json.waba_id),
    name: text(json.name),
    language: text(json.language),
    category: text(json.category),
    previousCategory: text(json.previous_category),
    status: text(json.status),
    quality: has(quality) ? text(object(quality).score) : text(quality),
    rejectedReason: text(json.rejected_reason),
    header: text(header.text) || text(header.format),
    body: text(part('BODY').text),
    footer: text(part('FOOTER').text),
    buttons: list(part('BUTTONS').buttons).map((each) => text(object(each).text) || text(object(each).type)),
    cards: list(part('CAROUSEL').cards).length,
  }
}

export function readLogLine(value: unknown): LogLine {
  const json = object(value)
  return {
    seq: number(json.seq),
    at: date(json.at),
    direction: text(json.direction) === 'out' ? 'out' : 'in',
    kind: text(json.kind),
    method: text(json.method),
    path: text(json.path),
    edge: text(json.edge),
    summary: text(json.summary),
    updates: list(json.updates).map(text),
    wamid: text(json.wamid),
    status: number(json.status),
    durationMs: number(json.duration_ms),
    request: json.request,
    response: json.response,
    problem: has(json.problem) ? readProblem(json.problem) : null,
    attempt: number(json.attempt),
    fault: text(json.fault),
    note: text(json.note),
  }
}
