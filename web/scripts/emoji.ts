import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const require = createRequire(import.meta.url)
const prefix = 'virtual:emoji/'

interface Entry {
  unicode: string
  label: string
  tags?: string[]
  group?: number
  order?: number
}

/** Parts of emojis, such as skin tones by themselves, which nobody writes. */
const parts = 2

/**
 * The names of emojis in one language, from Unicode's CLDR as the package emojibase-data carries it, cut to sign,
 * name and keywords. Each language is a module of its own, so a browser gets one only when somebody types a colon.
 */
export function emojiNames(): Plugin {
  return {
    name: 'kontor-emoji-names',
    resolveId: { filter: { id: /^virtual:emoji\// }, handler: (id) => `\0${id}` },
    load: {
      filter: { id: /^\0virtual:emoji\// },
      handler(id) {
        const language = id.slice(1 + prefix.length)
        const file = require.resolve(`emojibase-data/${language}/compact.json`)
        const all: Entry[] = JSON.parse(readFileSync(file, 'utf8'))
        const shown = all
          .filter(({ group, order }) => group !== undefined && group !== parts && order !== undefined)
          .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
          .map(({ unicode, label, tags = [] }) => [
            unicode,
            label,
            tags.filter((tag) => tag !== label).join('|'),
          ])
        return `export default ${JSON.stringify(shown)}`
      },
    },
  }
}
