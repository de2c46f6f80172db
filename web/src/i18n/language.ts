import { i18n, type Messages } from '@lingui/core'
import { type Language, languages } from './areas'

const key = 'kontor.language'

/** What `import.meta.glob('./{frame,errors,inbox}/messages/*.po')` gives: each catalogue is loaded when it is needed. */
export type Catalogues = Record<string, () => Promise<{ messages: Messages }>>

let catalogues: Catalogues = {}
/** Areas whose words are not needed at first, and have not been asked for either. */
const waiting = new Set<string>()
/** Areas whose words have been asked for since: two pages may need the same. */
const asked = new Map<string, Promise<void>>()

/**
 * Loads the language of the reader before the first picture, so nothing is ever shown in another one. The words of
 * the areas named as `later` are fetched with their pages, by `withWords`.
 */
export async function startLanguage(available: Catalogues, later: readonly string[] = []): Promise<void> {
  catalogues = available
  for (const area of later) waiting.add(area)
  await activate(chooseLanguage(readChoice(), navigator.languages))
}

/** A page that is fetched when it is opened, once its words are there too. */
export async function withWords<Page>(area: string, page: Promise<Page>): Promise<Page> {
  if (waiting.delete(area)) {
    const { locale } = i18n
    asked.set(
      area,
      load(locale, (name) => name === area).then((words) => i18n.load(locale, words)),
    )
  }
  await asked.get(area)
  return page
}

/** For a panel in another system's page, which says its language itself; nothing is remembered. */
export async function speak(available: Catalogues, wanted: readonly string[]): Promise<void> {
  catalogues = available
  await activate(chooseLanguage(null, wanted))
}

/** Changes the language at once and remembers it on this machine. */
export async function setLanguage(language: Language): Promise<void> {
  await activate(language)
  localStorage.setItem(key, language)
}

/** The language a person chose on another machine, where nothing was chosen on this one. */
export async function startingLanguage(wanted: string): Promise<void> {
  const language = chooseLanguage(readChoice(), [wanted])
  if (language !== i18n.locale) await activate(language)
}

export function currentLanguage(): Language {
  return languages.find((language) => language === i18n.locale) ?? languages[0]
}

/**
 * The stored choice, else the first language of the browser that we speak, exactly or in another region: whoever
 * reads pt-PT is better served with pt-BR than with English. Traditional Chinese readers get Simplified.
 */
export function chooseLanguage(stored: string | null, wanted: readonly string[]): Language {
  for (const tag of stored ? [stored, ...wanted] : wanted) {
    const found =
      languages.find((language) => language.toLowerCase() === tag.toLowerCase()) ??
      languages.find((language) => language.split('-')[0] === tag.toLowerCase().split('-')[0])
    if (found) return found
  }
  return languages[0]
}

async function activate(language: Language): Promise<void> {
  i18n.loadAndActivate({
    locale: language,
    messages: await load(language, (area) => !waiting.has(area)),
  })
  document.documentElement.lang = language
}

/** The words of some areas, './settings/messages/de.po' being those of settings in German. */
async function load(language: string, wanted: (area: string) => boolean): Promise<Messages> {
  const parts = await Promise.all(
    Object.entries(catalogues)
      .filter(([path]) => path.endsWith(`/${language}.po`) && wanted(path.split('/').at(-3) ?? ''))
      .map(([, fetch]) => fetch()),
  )
  return Object.assign({}, ...parts.map((part) => part.messages))
}

/** Storage can be forbidden by the browser; the language of the browser is then good enough. */
function readChoice(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
