import type { DeliveryState } from '../../api/settings'

/** Where the subscriptions and their logs lie in the cache. */
export const subscriptionKeys = {
  all: ['subscriptions'] as const,
  one: (id: string) => ['subscriptions', id] as const,
  logs: (id: string) => ['subscriptions', id, 'log'] as const,
  log: (id: string, state: DeliveryState | '', event: string) =>
    ['subscriptions', id, 'log', state, event] as const,
  delivery: (id: string, delivery: string) => ['subscriptions', id, 'log', delivery] as const,
}
