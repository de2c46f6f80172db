import { useLingui } from '@lingui/react/macro'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'
import { TextInput } from '../../ui/TextInput'

interface ByLanguageProps {
  legend: string
  texts: Readonly<Record<string, string>>
  maxLength: number
  /** Several lines. */
  long?: boolean
  onChange: (texts: Record<string, string>) => void
}

/** WhatsApp's codes of the languages Kontor speaks. */
const usual = ['en', 'de', 'pt_BR', 'zh_CN']

/** The same words in several languages; an empty one is left out. */
export function ByLanguage({ legend, texts, maxLength, long, onChange }: ByLanguageProps) {
  const { i18n } = useLingui()
  const languages = [...new Set([...usual, ...Object.keys(texts)])]
  const names = new Intl.DisplayNames(i18n.locale, { type: 'language' })

  function change(language: string, text: string) {
    const next: Record<string, string> = { ...texts, [language]: text }
    if (!text) delete next[language]
    onChange(next)
  }

  return (
    <fieldset>
      <legend className="mb-1 font-semibold text-second">{legend}</legend>
      <div className={long ? 'flex flex-col gap-2' : 'grid gap-2 sm:grid-cols-2'}>
        {languages.map((language) => {
          const Control = long ? Textarea : TextInput
          return (
            <Field key={language} label={<span className="font-normal">{nameOf(names, language)}</span>}>
              <Control
                lang={language.replace('_', '-')}
                value={texts[language] ?? ''}
                maxLength={maxLength}
                onChange={(event: { target: { value: string } }) => change(language, event.target.value)}
              />
            </Field>
          )
        })}
      </div>
    </fieldset>
  )
}

function nameOf(names: Intl.DisplayNames, language: string): string {
  try {
    return names.of(language.replace('_', '-')) ?? language
  } catch {
    return language
  }
}
