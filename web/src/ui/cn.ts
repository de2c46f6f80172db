import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

/** Our own names for sizes; without them `text-meta` would be taken for a colour and dropped. */
const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: [
        'label',
        'tiny',
        'meta',
        'second',
        'ui',
        'message',
        'message-phone',
        'name',
        'section',
        'page',
        'figure',
      ],
      radius: ['tail', 'key', 'control', 'field', 'card', 'bubble', 'dialog'],
      shadow: ['e1', 'e2', 'e3'],
    },
  },
})

/** Joins class names; of two that say the same thing the later one wins. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes))
}
