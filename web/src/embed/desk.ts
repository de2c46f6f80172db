import { useMemo } from 'react'
import type { Accepted, Message, Page, TemplateDefinition } from '../api/types'
import type { OrderDesk } from '../order/desk'
import { type PanelData, usePanelSession } from './data'

/** The order's correspondence by way of the panel's own calls. */
export function usePanelDesk(panel: PanelData | undefined): OrderDesk {
  const session = usePanelSession()
  return useMemo(
    () => ({
      draft: panel?.order.order_id ?? '',
      order: {
        id: panel?.order.id ?? '',
        customer: {
          name: panel?.order.customer.name ?? '',
          language: panel?.order.customer.language ?? null,
        },
      },
      windowUntil: panel?.window_until ?? null,
      key: ['messages'],
      history: (cursor) => session.json<Page<Message>>('panel/history', { query: { limit: 50, cursor } }),
      templates: () => session.json<Page<TemplateDefinition>>('panel/templates').then((page) => page.data),
      send: (body, key) => session.json<Accepted>('panel/messages', { method: 'POST', body, key }),
      sendFile: (file, caption, key, onProgress) => session.sendFile(file, caption, key, onProgress),
      file: (message) =>
        session
          .fetch(`panel/messages/${encodeURIComponent(message.message_id)}/file`)
          .then((answer) => answer.arrayBuffer()),
      onSent: ({ message_id }) => session.host.say({ kontor: 'panel', type: 'sent', message_id }),
    }),
    [session, panel],
  )
}
