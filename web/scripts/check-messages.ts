/**
 * Fails when a word in the code has no catalogue entry, when an entry is left over, when one of the languages has
 * no translation for it, or when two areas of one page translate it differently. It works on copies, so a check never changes the sources;
 * `npm run messages` does.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { areas, languages } from '../src/i18n/areas.ts'

const web = dirname(import.meta.dirname)
const cache = join(web, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
const scratch = mkdtempSync(join(cache, 'messages-'))
const files = areas.flatMap(({ name }) => languages.map((language) => `${name}/messages/${language}.po`))
const problems: string[] = []

try {
  for (const file of files) {
    const from = join(web, 'src', file)
    if (existsSync(from)) cpSync(from, join(scratch, file))
  }
  execFileSync(join(web, 'node_modules', '.bin', 'lingui'), ['extract', '--clean'], {
    cwd: web,
    env: { ...process.env, KONTOR_MESSAGES: scratch },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (const file of files) {
    const kept = read(join(web, 'src', file))
    const fresh = read(join(scratch, file))
    if (kept !== fresh) problems.push(`src/${file} does not match the code: run "npm run messages"`)
    for (const text of untranslated(fresh)) problems.push(`src/${file} has no translation for ${text}`)
  }
  for (const language of languages) problems.push(...contradictions(language))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}

function read(file: string): string {
  if (!existsSync(file)) return ''
  // The date of the first extraction is the only line that differs without a reason.
  return readFileSync(file, 'utf8').replace(/^"POT-Creation-Date:.*\n/m, '')
}

/** The message, or its id, of each entry whose translation is empty. The first entry is the header. */
function untranslated(po: string): string[] {
  return po
    .split(/\n\n+/)
    .slice(1)
    .filter((entry) => /^msgstr ""\s*$/m.test(entry) && !/^msgstr ""\n"/m.test(entry))
    .map((entry) => /^msgid (".*")$/m.exec(entry)?.[1] ?? entry)
}

/**
 * What two areas say in different words: the catalogues of a page are one, and the one that comes later would win.
 * The sandbox is a page of its own. A word that means two things gets a context in the code.
 */
function contradictions(language: string): string[] {
  const said = new Map<string, { area: string; text: string }>()
  const found: string[] = []
  for (const { name: area } of areas) {
    if (area === 'sandbox') continue
    for (const entry of read(join(scratch, area, 'messages', `${language}.po`))
      .split(/\n\n+/)
      .slice(1)) {
      const [what, text] = entry.replace(/^#.*\n/gm, '').split(/^msgstr /m)
      if (!what || !text) continue
      const other = said.get(what)
      if (!other) said.set(what, { area, text })
      else if (other.text !== text) {
        found.push(`${language}: ${other.area} and ${area} differ in ${what.trim().replaceAll('\n', ' ')}`)
      }
    }
  }
  return found
}
