import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'
import { areas, languages } from './src/i18n/areas.ts'

/** `scripts/check-messages.ts` extracts into a scratch folder, so that a check never changes the sources. */
const root = process.env.KONTOR_MESSAGES ?? '<rootDir>/src'

export default defineConfig({
  sourceLocale: 'en',
  locales: [...languages],
  catalogs: areas.map(({ name, include }) => ({
    path: `${root}/${name}/messages/{locale}`,
    include: include.map((folder) => `<rootDir>/src/${folder}`),
    exclude: ['**/*.test.ts', '**/*.test.tsx'],
  })),
  // Line numbers and dates would change with every edit and make every merge a conflict.
  format: formatter({ lineNumbers: false, origins: false, printPlaceholdersInComments: false }),
  orderBy: 'message',
})
