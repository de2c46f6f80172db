import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { MenuChoice, MenuLine } from '../ui/Menu'
import { currentTheme, setTheme, type Theme } from '../ui/theme'
import type { Language } from './areas'
import { currentLanguage, setLanguage } from './language'

/** Each language calls itself by its own name, so that it can be found by whoever reads only that one. */
export const languageNames = [
  { value: 'en', label: 'English', lang: 'en' },
  { value: 'de', label: 'Deutsch', lang: 'de' },
  { value: 'pt-BR', label: 'Português', lang: 'pt-BR' },
  { value: 'zh-CN', label: '简体中文', lang: 'zh-CN' },
] as const

interface LanguageThemeChoicesProps {
  /** Told of a choice after it has been made here. */
  onLanguage?: (language: Language) => void
}

/** The choices of language and theme, for the inside of a Menu. */
export function LanguageThemeChoices({ onLanguage }: LanguageThemeChoicesProps) {
  const { t } = useLingui()
  const [theme, choose] = useState(currentTheme)

  function onTheme(next: Theme) {
    setTheme(next)
    choose(next)
  }

  async function onLanguageChosen(next: Language) {
    await setLanguage(next)
    onLanguage?.(next)
  }

  return (
    <>
      <MenuChoice
        label={t`Language`}
        value={currentLanguage()}
        onChange={onLanguageChosen}
        options={languageNames}
      />
      <MenuLine />
      <MenuChoice
        label={t`Appearance`}
        value={theme}
        onChange={onTheme}
        options={[
          { value: 'system', label: t`Like the system` },
          { value: 'light', label: t`Light` },
          { value: 'dark', label: t`Dark` },
        ]}
      />
    </>
  )
}
