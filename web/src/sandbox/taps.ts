import type { Button, Card, Message, Place, Row } from './model'

/** The body of `POST /sandbox/customers/{phone}/messages`: a webhook message without its envelope. */
export type Written = { type: string; to: string; context?: { id: string } } & Record<string, unknown>

type Tappable = Pick<Message, 'id' | 'number'>

/** What the customer's phone sends when a reply button is tapped (cloud-api.md 2.4). */
export function tapButton(on: Tappable, button: Extract<Button, { does: 'reply' }>): Written {
  return {
    type: 'interactive',
    to: on.number,
    context: { id: on.id },
    interactive: { type: 'button_reply', button_reply: { id: button.id, title: button.title } },
  }
}

/** A tap on the quick reply of a template, which comes as a type of its own. */
export function tapQuickReply(on: Tappable, button: Extract<Button, { does: 'quick' }>): Written {
  return {
    type: 'button',
    to: on.number,
    context: { id: on.id },
    button: { payload: button.payload, text: button.text },
  }
}

export function chooseRow(on: Tappable, row: Row): Written {
  return {
    type: 'interactive',
    to: on.number,
    context: { id: on.id },
    interactive: {
      type: 'list_reply',
      list_reply: {
        id: row.id,
        title: row.title,
        ...(row.description ? { description: row.description } : {}),
      },
    },
  }
}

/** A completed form. The answers travel as text that holds JSON. */
export function completeFlow(on: Tappable, name: string, answers: string): Written {
  return {
    type: 'interactive',
    to: on.number,
    context: { id: on.id },
    interactive: {
      type: 'nfm_reply',
      nfm_reply: {
        name: name === 'address_message' ? name : 'flow',
        body: 'Sent',
        response_json: answers,
      },
    },
  }
}

export function permitCalls(on: Tappable, accept: boolean): Written {
  return {
    type: 'interactive',
    to: on.number,
    context: { id: on.id },
    interactive: {
      type: 'call_permission_reply',
      call_permission_reply: { response: accept ? 'accept' : 'reject', response_source: 'user_action' },
    },
  }
}

/** An empty emoji takes the reaction away. */
export function react(to: Tappable, emoji: string): Written {
  return { type: 'reaction', to: to.number, reaction: { message_id: to.id, emoji } }
}

export function writeText(number: string, body: string, quote?: string): Written {
  return { type: 'text', to: number, ...quoting(quote), text: { body } }
}

export function writePlace(number: string, place: Place, quote?: string): Written {
  return {
    type: 'location',
    to: number,
    ...quoting(quote),
    location: {
      latitude: place.latitude,
      longitude: place.longitude,
      ...(place.name ? { name: place.name } : {}),
      ...(place.address ? { address: place.address } : {}),
    },
  }
}

export function writeContact(number: string, card: Card, quote?: string): Written {
  const [first = card.name, ...rest] = card.name.split(/\s+/)
  return {
    type: 'contacts',
    to: number,
    ...quoting(quote),
    contacts: [
      {
        name: {
          formatted_name: card.name,
          first_name: first,
          ...(rest.length > 0 ? { last_name: rest.join(' ') } : {}),
        },
        phones: card.phones.map((phone) => ({ phone, type: 'CELL' })),
      },
    ],
  }
}

function quoting(id: string | undefined) {
  return id ? { context: { id } } : {}
}

/** What this customer answered to a message with buttons or a list: the id or payload of the newest choice. */
export function chosen(messages: readonly Message[], on: Tappable): string | null {
  const answer = messages.findLast(
    (each) => each.mine && each.context === on.id && each.content.kind === 'choice',
  )
  return answer?.content.kind === 'choice' ? answer.content.id : null
}
