import { ask } from '../api/client'
import type { components } from '../api/schema'
import type { Accepted, Message, Page } from '../api/types'

/** What the pages of orders ask the server for. */
type Schema = components['schemas']
type Replace<Type, Change> = Omit<Type, keyof Change> & Change

export type Order = Replace<
  Schema['Order'],
  {
    technician: Schema['Assignee'] | null
    appointment: { at: string; duration_minutes: number } | null
    updated_at: string
    created_at: string
    window_until?: string | null
  }
>
export type OrderEvent = Replace<
  Schema['OrderEvent'],
  { message: Message | null; author: Schema['Author'] | null; at: string }
>
export type OrderSettings = Schema['Settings']
export type StatusRule = Schema['StatusRule']
export type Wording = Schema['Wording']
export type ForeseenMessage = Replace<
  Schema['ForeseenMessage'],
  { problem: Schema['ForeseenRefuse'] | null; due_at: string }
>

export interface OrderFilter {
  search: string
  status: string
  technician: string
  customer: string
  state: 'open' | 'closed' | 'all'
}

const at = (id: string, rest = '') => `orders/${encodeURIComponent(id)}${rest}`

export const getOrders = (filter: Partial<OrderFilter>, cursor?: string) =>
  ask<Page<Order>>('orders', { query: { ...filter, cursor, limit: 50 } })
export const getOrder = (id: string) => ask<Order>(at(id))
export const getTimeline = (id: string, cursor?: string) =>
  ask<Page<OrderEvent>>(at(id, '/timeline'), { query: { cursor, limit: 100 } })
export const getOrderHistory = (id: string, cursor?: string) =>
  ask<Page<Message>>(at(id, '/history'), { query: { order: 'desc', cursor, limit: 50 } })
export const sendForOrder = (id: string, body: object, key: string) =>
  ask<Accepted>(at(id, '/messages'), { method: 'POST', body, key })
export const closeOrder = (id: string) => ask<void>(at(id), { method: 'DELETE' })

export interface OrderChange {
  status?: string
  appointment?: { at: string; duration_minutes: number } | null
}

export const previewChange = (id: string, change: { status?: string; appointment?: string }) =>
  ask<{ messages: ForeseenMessage[] }>(at(id, '/preview'), { method: 'POST', body: change }).then(
    ({ messages }) => messages,
  )

/** PUT takes the whole order: what is not changed is sent as it was read, and only if nobody else changed it. */
export function changeOrder(order: Order, change: OrderChange): Promise<Order> {
  const { customer, technician, fields } = order
  const appointment = change.appointment === undefined ? order.appointment : change.appointment
  return ask<Order>(at(order.id), {
    method: 'PUT',
    match: `"${order.version}"`,
    body: {
      customer: {
        contact_id: customer.contact_id,
        name: customer.name,
        ...(customer.language ? { language: customer.language } : {}),
      },
      ...(technician ? { technician: { person_id: technician.person_id } } : {}),
      status: change.status ?? order.status,
      fields,
      ...(appointment ? { appointment } : {}),
    },
  })
}

export const getOrderSettings = () => ask<OrderSettings>('order-statuses')
export const putOrderSettings = (settings: OrderSettings) =>
  ask<OrderSettings>('order-statuses', { method: 'PUT', body: settings })
export const getPanelOrigins = () =>
  ask<{ origins: string[] }>('panel-origins').then(({ origins }) => origins)
export const putPanelOrigins = (origins: string[]) =>
  ask<{ origins: string[] }>('panel-origins', { method: 'PUT', body: { origins } }).then(
    (answer) => answer.origins,
  )
