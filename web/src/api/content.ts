import type { components } from './schema'

type Schema = components['schemas']
type Replace<Type, Change> = Omit<Type, keyof Change> & Change

/** The types this page has a card for; a newer one comes as `unknown` with its name in `raw_type`. */
export type MessageType =
  | MediaType
  | 'text'
  | 'location'
  | 'contacts'
  | 'reaction'
  | 'interactive'
  | 'template'
  | 'button'
  | 'order'
  | 'system'
  | 'edit'
  | 'revoke'
  | 'unsupported'
  | 'unknown'

export type MediaType = 'image' | 'video' | 'audio' | 'document' | 'sticker'

/**
 * What a message says (internal/wa/content.go), in Meta's member names. The member that `type` names is set;
 * context, referral, errors and rendered can stand beside any of them.
 */
export type Content = Replace<
  Schema['WaContent'],
  {
    type: MessageType
    edit?: Replace<Schema['WaEdit'], { message?: Content; previous?: Content }>
    order?: Order
    template?: Template
  }
>

export type Media = Schema['WaMedia']
export type Location = Schema['WaLocation']
export type ContactCard = Schema['WaContactCard']
export type Interactive = Schema['WaInteractive']
export type Header = Schema['WaHeader']
export type Rendered = Schema['WaRendered']
export type Reply = Schema['WaReply']
export type Referral = Schema['WaReferral']
export type Context = Schema['WaContext']
export type Template = Replace<Schema['WaTemplate'], { components?: TemplateComponent[] | null }>
export type TemplateComponent = Schema['WaTemplateComponent']
export type TemplateParameter = Schema['WaTemplateParameter']

/** Figures come as Meta wrote them, as numbers or as text. */
export type Order = Replace<
  Schema['WaOrder'],
  {
    product_items?:
      | Replace<Schema['WaOrderItem'], { quantity: number | string; item_price: number | string }>[]
      | null
  }
>

/** What an Interactive can do, by its type: button, list, cta_url. Others only come from other programs. */
export interface ButtonsAction {
  buttons: { type: string; reply: { id: string; title: string } }[]
}

export interface ListAction {
  button: string
  sections: { title?: string; rows: { id: string; title: string; description?: string }[] }[]
}

export interface UrlAction {
  name: string
  parameters: { display_text: string; url: string }
}

/** The file of a message that is one. */
export function mediaOf(content: Content): Media | undefined {
  switch (content.type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return content[content.type]
  }
}
