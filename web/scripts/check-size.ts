/**
 * Fails when what a browser fetches before the inbox can be used has become too large: the scripts of index.html
 * with everything they import at once, and the words of the language that needs most. Pages that are opened later
 * do not count. Looks at `dist`, so it runs after the build.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { languages } from '../src/i18n/areas.ts'

/** In bytes, gzipped (issue: first load at most 250 kB of scripts). */
const budget = 250_000

const dist = join(import.meta.dirname, '..', 'dist')
const page = readFileSync(join(dist, 'index.html'), 'utf8')
const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '')
if (scripts.length === 0) throw new Error('dist/index.html has no scripts: build first')

/** What src/main.tsx does not leave for later. */
const areas = ['frame', 'errors', 'inbox']
const assets = readdirSync(join(dist, 'assets'))
const words = languages.map((language) =>
  areas.map((area) => {
    const found = assets.find((name) => name.startsWith(`words-${area}-${language}-`))
    if (!found) throw new Error(`dist has no words of ${area} in ${language}`)
    return `assets/${found}`
  }),
)
const heaviest = Math.max(...words.map(weigh))
const total = weigh(scripts) + heaviest
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

console.log(
  `first load: ${kilobytes(total)} of ${kilobytes(budget)} gzipped (scripts ${kilobytes(total - heaviest)}, words ${kilobytes(heaviest)})`,
)
if (total > budget) {
  for (const path of scripts) console.error(`  ${kilobytes(weigh([path]))} ${path}`)
  console.error(
    'The first load is over its budget: fetch what is rarely used when it is needed, by import().',
  )
  process.exit(1)
}

function weigh(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0)
}
