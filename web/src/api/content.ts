/**
 * What a message says: the JSON of wa.Content in internal/wa/content.go, whose member names are Meta's.
 * The OpenAPI document leaves this open, since Meta adds to it without asking; so the shape stands here.
 */

export type MessageType =
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
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

/** The member that `type` names is set; everything from `context` on can stand beside any of them. */
export interface Content {
  type: MessageType
  text?: { body: string; preview_url?: boolean }
  image?: Media
  video?: Media
  audio?: Media
  document?: Media
  sticker?: Media
  location?: Location
  contacts?: ContactCard[]
  reaction?: { message_id: string; emoji?: string }
  interactive?: Interactive
  template?: Template
  reply?: Reply
  button?: { payload?: string; text?: string }
  order?: Order
  system?: System
  edit?: { original_message_id: string; message?: Content; previous?: Content }
  revoke?: { original_message_id: string }
  unsupported?: { type?: string }
  referral?: Referral
  context?: Context
  errors?: Problem[]
  rendered?: Rendered
  raw_type?: string
  raw?: unknown
}

export interface Media {
  /** Set once Kontor has its own copy. */
  media_id?: string
  id?: string
  link?: string
  caption?: string
  filename?: string
  mime_type?: string
  size?: number
  voice?: boolean
  animated?: boolean
}

export interface Location {
  latitude: number
  longitude: number
  name?: string
  address?: string
  url?: string
}

export interface ContactCard {
  name: { formatted_name: string; first_name?: string; last_name?: string }
  phones?: { phone?: string; type?: string; wa_id?: string }[]
  emails?: { email?: string; type?: string }[]
  urls?: { url?: string; type?: string }[]
  org?: { company?: string; department?: string; title?: string }
}

export interface Interactive {
  /** button, list, cta_url, or one that only other programs send. */
  type: string
  header?: Header
  body?: { text: string }
  footer?: { text: string }
  /** ButtonsAction, ListAction or UrlAction by `type`. */
  action?: unknown
}

export interface Header {
  type: string
  text?: string
  image?: Media
  video?: Media
  document?: Media
}

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

export interface Template {
  name: string
  language: { code: string }
  components?: TemplateComponent[]
}

export interface TemplateComponent {
  type: string
  sub_type?: string
  index?: string
  parameters?: TemplateParameter[]
}

export interface TemplateParameter {
  type: string
  parameter_name?: string
  text?: string
  payload?: string
  coupon_code?: string
  image?: Media
  video?: Media
  document?: Media
  location?: Location
}

/** A template with its values filled in, as the customer reads it. */
export interface Rendered {
  header?: string
  body?: string
  footer?: string
  buttons?: string[]
}

export interface Reply {
  type: string
  id?: string
  title?: string
  description?: string
  name?: string
  body?: string
  response_json?: string
}

export interface Order {
  catalog_id?: string
  text?: string
  /** Figures come as Meta wrote them, as numbers or as text. */
  product_items?: {
    product_retailer_id: string
    quantity: number | string
    item_price: number | string
    currency: string
  }[]
}

export interface System {
  type: string
  body?: string
  wa_id?: string
  user_id?: string
}

export interface Referral {
  source_url?: string
  source_type?: string
  headline?: string
  body?: string
}

export interface Context {
  from?: string
  id?: string
  forwarded?: boolean
  frequently_forwarded?: boolean
  referred_product?: { catalog_id: string; product_retailer_id: string }
}

/** An error of Meta's. */
export interface Problem {
  code: number
  title?: string
  details?: string
}

/** The file of a message, or of the header of one that can be tapped. */
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
