import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { type MyAccount, setMyName } from '../../api/accounts'
import { setLocale } from '../../api/calls'
import { FormFailure } from '../../errors/FormFailure'
import { useForm } from '../../errors/useForm'
import type { Language } from '../../i18n/areas'
import { useFormat } from '../../i18n/format'
import { languageNames } from '../../i18n/LanguageThemeChoices'
import { currentLanguage, setLanguage } from '../../i18n/language'
import { useChecks } from '../../signin/checks'
import { roleNames, roleRights } from '../../signin/roles'
import { announce } from '../../ui/announce'
import { Field } from '../../ui/Field'
import { Select } from '../../ui/Select'
import { TextInput } from '../../ui/TextInput'
import { currentTheme, setTheme, type Theme } from '../../ui/theme'
import { Part } from '../Part'
import { myAccountKey } from './useMyAccount'

/** Name, language, appearance; each is saved when it is changed. */
export function ProfilePart({ account }: { account: MyAccount }) {
  const { t, i18n } = useLingui()
  const [theme, choose] = useState(currentTheme)
  const { email, role } = account.person

  function onTheme(next: Theme) {
    setTheme(next)
    choose(next)
  }

  async function onLanguage(next: Language) {
    await setLanguage(next)
    // This browser has it already; the others get it when the server answers.
    setLocale(next).catch(() => undefined)
  }

  return (
    <Part title={t`Profile`}>
      <div className="flex flex-col gap-4">
        <NameField name={account.person.name} />
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-second">
          <dt className="text-text3">{t`E-mail`}</dt>
          <dd className="[overflow-wrap:anywhere]">{email || '—'}</dd>
          <dt className="text-text3">{t`Role`}</dt>
          <dd>
            {i18n._(roleNames[role])}
            <span className="block text-meta text-text3">{i18n._(roleRights[role])}</span>
          </dd>
        </dl>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t`Language`} hint={t`Wherever you sign in.`}>
            <Select
              value={currentLanguage()}
              onChange={(event) => void onLanguage(event.target.value as Language)}
            >
              {languageNames.map(({ value, label, lang }) => (
                <option key={value} value={value} lang={lang}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t`Appearance`} hint={t`In this browser.`}>
            <Select value={theme} onChange={(event) => onTheme(event.target.value as Theme)}>
              <option value="system">{t`Like the system`}</option>
              <option value="light">{t`Light`}</option>
              <option value="dark">{t`Dark`}</option>
            </Select>
          </Field>
        </div>
      </div>
    </Part>
  )
}

/** Saved with Enter, or when the field is left. */
function NameField({ name }: { name: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const queries = useQueryClient()
  const checks = useChecks()
  const [kept, setKept] = useState(name)
  const [saved, setSaved] = useState<Date | null>(null)
  const form = useForm({
    start: { name },
    check: { name: checks.name },
    send: async (values) => {
      const next = values.name.trim()
      if (next === kept) return
      await setMyName(next)
      setKept(next)
      setSaved(new Date())
      announce(t`Saved.`)
      for (const queryKey of [['me'], myAccountKey, ['people']]) void queries.invalidateQueries({ queryKey })
    },
  })
  const { onBlur, ...control } = form.field('name')
  return (
    <form {...form.props} aria-label={t`Name`}>
      <Field
        label={
          <span className="flex items-baseline justify-between gap-2">
            {t`Name`}
            {saved ? (
              <span className="flex items-center gap-1 font-normal text-meta text-ok">
                <Check aria-hidden size={13} strokeWidth={2} />
                {t`Saved ${format.time(saved)}`}
              </span>
            ) : null}
          </span>
        }
        hint={t`Your colleagues see it.`}
        error={form.problem('name')}
      >
        <TextInput
          {...control}
          autoComplete="name"
          onBlur={() => {
            onBlur()
            if (form.values.name.trim() !== kept) void form.props.onSubmit()
          }}
        />
      </Field>
      <FormFailure form={form} />
    </form>
  )
}
