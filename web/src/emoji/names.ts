import type { Language } from '../i18n/areas'
import type { Emoji } from './find'

type Names = { default: readonly Emoji[] }

// Unicode's own short names and keywords (CLDR), cut to what is needed when Kontor is built: scripts/emoji.ts.
const names: Readonly<Record<Language, () => Promise<Names>>> = {
  en: () => import('virtual:emoji/en'),
  de: () => import('virtual:emoji/de'),
  'pt-BR': () => import('virtual:emoji/pt'),
  'zh-CN': () => import('virtual:emoji/zh'),
}

/** All emojis under the names of a language, and behind those under the English ones, which many know. */
export async function emojisIn(language: Language): Promise<readonly Emoji[]> {
  const own = (await names[language]()).default
  if (language === 'en') return own
  const english = new Map((await names.en()).default.map((emoji) => [emoji[0], emoji]))
  return own.map(([sign, name, others]) => {
    const [, called = '', also = ''] = english.get(sign) ?? []
    return [sign, name, `${others}|${called}|${also}`] as const
  })
}
