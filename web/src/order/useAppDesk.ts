import { useMemo } from 'react'
import * as calls from '../api/calls'
import { NoAnswer, refusal } from '../api/client'
import { mediaAddress, upload } from '../api/upload'
import { usePerson } from '../frame/session'
import { checkFile, takesCaption } from '../inbox/composer/files'
import { getOrderHistory, type Order, sendForOrder } from './api'
import type { OrderDesk } from './desk'
import { orderKeys } from './queries'

/** The order's correspondence with the session of whoever is signed in. */
export function useAppDesk(order: Order): OrderDesk {
  const me = usePerson().id
  return useMemo(
    () => ({
      // Whoever comes next at this machine does not read what was begun.
      draft: `${me}.${order.order_id}`,
      order: { id: order.id, customer: { name: order.customer.name, language: order.customer.language } },
      windowUntil: order.window_until ?? null,
      key: orderKeys.history(order.id),
      history: (cursor) => getOrderHistory(order.id, cursor),
      templates: async () => {
        const [templates, numbers] = await Promise.all([calls.getTemplates(), calls.getNumbers()])
        const account = numbers.find((one) => one.phone_number_id === order.phone_number_id)?.waba_id
        return templates.filter((one) => !account || one.waba_id === account)
      },
      send: (body, key) => sendForOrder(order.id, body, key),
      sendFile: async (file, caption, key, onProgress) => {
        const check = checkFile(file)
        const kind = 'problem' in check || check.kind === 'sticker' ? 'document' : check.kind
        const stored = await upload(file, { onProgress })
        const part = {
          media_id: stored.media_id,
          ...(caption && takesCaption(kind) ? { caption } : {}),
          ...(kind === 'document' ? { filename: stored.filename || file.name } : {}),
        }
        return sendForOrder(order.id, { [kind]: part }, key)
      },
      file: async (_, media) => {
        const answer = await fetch(mediaAddress(media.media_id ?? '')).catch((cause) => {
          throw new NoAnswer('the server did not answer', { cause })
        })
        if (!answer.ok) throw refusal(answer.status, await answer.text().catch(() => ''))
        return answer.arrayBuffer()
      },
      onSent: () => undefined,
    }),
    [order, me],
  )
}
